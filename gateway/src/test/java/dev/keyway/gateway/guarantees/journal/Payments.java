package dev.keyway.gateway.guarantees.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * Everything that was asked of the accounts of a bank and that the broker acknowledged. No two payments have one amount,
 * so that a change of a balance tells which payment it comes from. Thread-safe.
 */
public final class Payments {
    /** When money moves, and whether at all. */
    public enum Kind {
        /** From outside into an account. */
        DEPOSIT,
        AT_ONCE,
        /** After a while. */
        DELAYED,
        /** Delayed for longer than any run, and taken back right behind it. */
        CANCELLED,
        /** Delayed, and taken back at about the time at which it comes: it moves wholly or not at all. */
        RACED
    }

    /** @param from {@code null} for a deposit */
    public record Payment(Kind kind, String from, String to, long amount) {
        @Override
        public String toString() {
            return "%d %s %s -> %s".formatted(amount, kind, from == null ? "outside" : from, to);
        }
    }

    private final List<Payment> all = new ArrayList<>();

    public synchronized Payments add(Kind kind, String from, String to, long amount) {
        all.add(new Payment(kind, from, to, amount));
        return this;
    }

    public synchronized List<Payment> all() {
        return List.copyOf(all);
    }
}
