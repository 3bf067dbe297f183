package dev.keyway.gateway.invoke.statefun;

import static dev.keyway.gateway.invoke.Failures.brief;

import dev.keyway.codecs.statefun.StateSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The states that functions have declared, by function type. Bounded: the type that was used least recently is forgotten,
 * which costs one more round trip when it comes back. Owned by one thread.
 */
final class StateSpecs {

    /** Where the protocol leaves the type out; as StateFun's runtime does. */
    private static final String UNSET = "io.statefun.types/unset";

    private final int maxStates;
    private final Map<String, Map<String, StateSpec>> byType;

    /** @param maxStates of one type */
    StateSpecs(int maxTypes, int maxStates) {
        this.maxStates = maxStates;
        this.byType = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Map<String, StateSpec>> eldest) {
                return size() > maxTypes;
            }
        };
    }

    /** Of the type, by name, in the order in which they were learnt. */
    Map<String, StateSpec> of(String functionType) {
        return byType.getOrDefault(functionType, Map.of());
    }

    /**
     * Takes what a function declares, all or nothing. A known state's new expiration is ignored until it is forgotten, as
     * in StateFun.
     *
     * @param learnt takes those that were not known
     * @return what is wrong with them, {@code null} if nothing
     */
    String learn(String functionType, List<StateSpec> declared, List<StateSpec> learnt) {
        Map<String, StateSpec> known = of(functionType);
        Map<String, StateSpec> all = new LinkedHashMap<>(known);
        List<StateSpec> fresh = new ArrayList<>();
        for (StateSpec spec : declared) {
            String problem = problem(spec);
            if (problem != null) {
                return problem;
            }
            StateSpec typed =
                    spec.typename().isEmpty() ? new StateSpec(spec.stateName(), spec.expiration(), UNSET) : spec;
            StateSpec earlier = all.putIfAbsent(typed.stateName(), typed);
            if (earlier == null) {
                fresh.add(typed);
            } else if (!earlier.typename().equals(typed.typename())) {
                return "state '" + brief(typed.stateName()) + "' is declared as " + brief(typed.typename())
                        + ", it was " + brief(earlier.typename()) + " before";
            }
        }
        if (all.size() > maxStates) {
            return "declares " + all.size() + " states, more than " + maxStates;
        }
        byType.put(functionType, all);
        learnt.addAll(fresh);
        return null;
    }

    private static String problem(StateSpec spec) {
        if (spec.stateName().isEmpty()) {
            return "declares a state without a name";
        }
        StateSpec.Expiration expiration = spec.expiration();
        if (expiration.mode() != StateSpec.Expiration.Mode.NONE && expiration.millis() <= 0) {
            return "state '" + brief(spec.stateName()) + "' expires " + expiration.mode() + " after "
                    + expiration.millis() + " ms, expected more than 0";
        }
        return null;
    }
}
