package dev.keyway.gateway.invoke.statefun;

import dev.keyway.codecs.WireException;
import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.FromFunction;
import dev.keyway.codecs.statefun.FromFunctionDecoder;
import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.codecs.statefun.InvocationBatch;
import dev.keyway.codecs.statefun.StateSpec;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.invoke.Failures;
import dev.keyway.gateway.invoke.Outcome.Fault;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The request-reply protocol of Stateful Functions without its transport: makes requests of what waits, and judges
 * answers. Knows the states that functions have declared, nothing else; keeps no batch. Owned by one thread; one per event
 * loop.
 *
 * <pre>
 * prepare ──► Ready ──(HTTP)──► answer ──► Effects      apply them
 *    │                            ├──────► Incomplete   prepare again: the states are known now
 *    └──► Refused                 └──────► Failure      send the same bytes again
 * </pre>
 */
public final class FunctionConversation {

    /** What requests and answers carry, header value of both. */
    public static final AsciiString MEDIA_TYPE = AsciiString.cached("application/octet-stream");

    private static final int MAX_TYPES = 10_000;
    private static final int MAX_STATES = 1_000;

    private final Surroundings surroundings;
    private final StateSpecs specs = new StateSpecs(MAX_TYPES, MAX_STATES);
    private final FromFunctionDecoder decoder = new FromFunctionDecoder();

    public FunctionConversation(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * Makes a request of the invocations that wait for a target, in order, as many as fit.
     *
     * @param states the stored value of a state of the target by name; {@code null} for none, expired ones included
     * @param waiting at least one, and no more than a request may hold
     * @param maxBytes of the request
     */
    public FunctionRequest prepare(
            Address target, Function<String, TypedValue> states, Iterable<Invocation> waiting, int maxBytes) {
        InvocationBatch batch = new InvocationBatch(target, maxBytes, Integer.MAX_VALUE);
        Map<String, StateSpec> known = specs.of(target.typeName());
        for (StateSpec spec : known.values()) {
            TypedValue value = states.apply(spec.stateName());
            if (value != null && !value.typename().equals(spec.typename())) {
                return new FunctionRequest.Refused("state '" + Failures.brief(spec.stateName()) + "' of "
                        + shown(target) + " holds a value of type "
                        + Failures.brief(value.typename()) + ", the function declares "
                        + Failures.brief(spec.typename()));
            }
            batch.attach(spec.stateName(), value);
        }
        for (Invocation invocation : waiting) {
            if (!batch.tryAdd(invocation)) {
                if (batch.invocations() == 0) {
                    return new FunctionRequest.Refused(
                            "a request to " + shown(target) + " with its states and one message has "
                                    + batch.sizeWith(invocation) + " bytes, more than " + maxBytes);
                }
                break;
            }
        }
        if (batch.invocations() == 0) {
            throw new IllegalArgumentException("nothing waits for " + shown(target));
        }
        return new FunctionRequest.Ready(target, batch.invocations(), known, batch.toBytes());
    }

    /**
     * Judges an answer.
     *
     * @param contentType the header's value, {@code null} if it is missing
     * @param body kept by the result: not to be changed
     */
    public FunctionAnswer answer(FunctionRequest.Ready request, int status, CharSequence contentType, byte[] body) {
        if (status < 200 || status > 299) {
            return new FunctionAnswer.Failure(
                    fault(status),
                    shown(request.target()) + " answered " + status
                            + (status == 500 ? ", as SDKs do when a function fails or is unknown" : ""));
        }
        if (contentType == null || !AsciiString.contentEqualsIgnoreCase(AsciiString.trim(contentType), MEDIA_TYPE)) {
            return new FunctionAnswer.Failure(
                    Fault.DEPLOYMENT,
                    shown(request.target()) + " answered with content type '"
                            + (contentType == null ? "" : Failures.brief(contentType.toString())) + "', expected "
                            + MEDIA_TYPE);
        }
        FromFunction decoded;
        try {
            decoded = decoder.decode(body);
        } catch (WireException e) {
            return new FunctionAnswer.Failure(
                    Fault.DEPLOYMENT, shown(request.target()) + " answered " + e.getMessage());
        }
        if (decoded instanceof FromFunction.IncompleteInvocationContext incomplete) {
            return learn(request, incomplete.missingValues());
        }
        return new EffectCheck(request.target(), request.attached(), surroundings)
                .check((FromFunction.InvocationResponse) decoded);
    }

    private FunctionAnswer learn(FunctionRequest.Ready request, List<StateSpec> missing) {
        List<StateSpec> learnt = new ArrayList<>();
        String problem = specs.learn(request.target().typeName(), missing, learnt);
        if (problem != null) {
            return new FunctionAnswer.Failure(Fault.DEPLOYMENT, shown(request.target()) + ": " + problem);
        }
        // Another answer for the type may have taught them meanwhile, so what counts is what this request held.
        boolean helps = missing.stream().anyMatch(spec -> !request.attached().containsKey(spec.stateName()));
        return helps
                ? new FunctionAnswer.Incomplete(learnt)
                : new FunctionAnswer.Failure(
                        Fault.DEPLOYMENT,
                        shown(request.target())
                                + " did not run for lack of states, but names none that it did not get");
    }

    private static String shown(Address target) {
        return Failures.brief(target.toString());
    }

    /** Statuses that say that the deployment is at fault, not the message; the same as for protocol http. */
    private static Fault fault(int status) {
        return switch (status) {
            case 401, 403, 404, 405, 415, 501 -> Fault.DEPLOYMENT;
            default -> Fault.RECORD;
        };
    }
}
