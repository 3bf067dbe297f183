package dev.keyway.gateway.guarantees.stage;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How much of the suite runs, from system properties: {@code keyway.guarantees} ({@code short} or {@code long}), {@code
 * keyway.seed}, and for the long form {@code keyway.guarantees.events}, {@code .kills} and {@code .minutes}.
 *
 * @param events that are written over all scenarios, at most
 * @param kills of the kill -9 scenario
 * @param minutes after which the long form begins no further round
 */
public record Settings(boolean longForm, long seed, int events, int kills, int minutes) {
    private static final String FORM = "keyway.guarantees";
    private static final long RANDOM_SEED = ThreadLocalRandom.current().nextLong(1, 1_000_000_000);

    public static Settings read() {
        String form = System.getProperty(FORM, "short");
        if (!form.equals("short") && !form.equals("long")) {
            throw new IllegalArgumentException(FORM + " is '" + form + "'; it is short or long");
        }
        boolean longForm = form.equals("long");
        return new Settings(
                longForm,
                Long.getLong("keyway.seed", RANDOM_SEED),
                longForm ? Integer.getInteger(FORM + ".events", 200_000) : 50_000,
                longForm ? Integer.getInteger(FORM + ".kills", 20) : 3,
                longForm ? Integer.getInteger(FORM + ".minutes", 30) : 5);
    }
}
