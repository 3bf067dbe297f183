package dev.keyway.gateway.guarantees.stage;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How much of the suite runs, from system properties: {@code keyway.guarantees} ({@code short} or {@code long}), {@code
 * keyway.seed}, and for the long form {@code keyway.guarantees.events}, {@code .kills} and {@code .minutes}.
 *
 * @param events that are written over all scenarios, at most
 * @param killCount of the scenario that kills in a loop; the rebalance storm kills once more
 * @param minutes that all scenarios together take, about
 */
public record Settings(boolean longForm, long seed, int events, int killCount, int minutes) {
    private static final String FORM = "keyway.guarantees";
    private static final int SCENARIOS = 9;
    private static final int SHORT_RECORDS_PER_SECOND = 400;

    /** From one kill to the next: the session, and the start of a process. */
    private static final Duration KILL = Duration.ofSeconds(12);

    public static Settings read() {
        String form = System.getProperty(FORM, "short");
        if (!form.equals("short") && !form.equals("long")) {
            throw new IllegalArgumentException(FORM + " is '" + form + "'; it is short or long");
        }
        boolean longForm = form.equals("long");
        return new Settings(
                longForm,
                Long.getLong("keyway.seed", ThreadLocalRandom.current().nextLong(1, 1_000_000_000)),
                longForm ? Integer.getInteger(FORM + ".events", 200_000) : 50_000,
                longForm ? Integer.getInteger(FORM + ".kills", 20) : 2,
                longForm ? Integer.getInteger(FORM + ".minutes", 30) : 0);
    }

    /** The share of one scenario, from now. */
    public Pace pace(int shortRounds) {
        return longForm ? Pace.of(shortRounds, share(), shareOfTime()) : shortPace(shortRounds);
    }

    /** The scenario that kills, from now. */
    public Pace kills() {
        if (!longForm) {
            return shortPace(killCount);
        }
        Duration needed = KILL.multipliedBy(killCount);
        Duration time = needed.compareTo(shareOfTime()) > 0 ? needed : shareOfTime();
        return new Pace(
                killCount, System.nanoTime(), share(), Pace.of(0, share(), time).perSecond());
    }

    /** The scenario of the functions, which has a run of its own: all events and kills. */
    public Pace functions() {
        int kills = longForm ? killCount : 3;
        int perSecond = longForm ? (int) (events / KILL.multipliedBy(kills).toSeconds()) : 2_200;
        return new Pace(kills, System.nanoTime(), events, Math.max(50, perSecond));
    }

    private Pace shortPace(int rounds) {
        return new Pace(rounds, System.nanoTime(), share(), SHORT_RECORDS_PER_SECOND);
    }

    private int share() {
        return events / SCENARIOS;
    }

    private Duration shareOfTime() {
        return Duration.ofMinutes(minutes).dividedBy(SCENARIOS);
    }
}
