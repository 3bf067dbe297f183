package dev.keyway.gateway.guarantees.check;

import dev.keyway.gateway.guarantees.journal.Emission;
import dev.keyway.gateway.guarantees.journal.Payments;
import dev.keyway.gateway.guarantees.journal.Payments.Kind;
import dev.keyway.gateway.guarantees.journal.Payments.Payment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * State, messages, delayed messages and cancellations are applied together and once: accounts emit {@code id:balance} after
 * each change; every change is one half of one payment, each payment was taken once and has arrived once, one that was
 * taken back in time never moved, and in the end the balances add up to what was deposited.
 */
public final class ConservedMoney {
    private final Verdict verdict = new Verdict();
    private final Map<Long, Payment> byAmount = new HashMap<>();
    private final Set<Long> taken = new HashSet<>();
    private final Set<Long> arrived = new HashSet<>();
    private final Map<String, Long> balances = new HashMap<>();

    private ConservedMoney() {}

    public static Verdict judge(Payments payments, List<Emission> emitted) {
        ConservedMoney money = new ConservedMoney();
        List<Payment> all = payments.all();
        for (Payment payment : all) {
            if (money.byAmount.put(payment.amount(), payment) != null) {
                throw new IllegalArgumentException("two payments of " + payment.amount());
            }
        }
        emitted.forEach(money::change);
        all.forEach(money::whole);
        money.sum(all);
        return money.verdict;
    }

    private void change(Emission emission) {
        String account = emission.key();
        long balance = balance(emission);
        Long before = balances.put(account, balance);
        long difference = balance - (before == null ? 0 : before);
        Payment payment = byAmount.get(Math.abs(difference));
        if (difference == 0) {
            verdict.violated("account %s says the same again: %s".formatted(account, emission));
        } else if (payment == null || !account.equals(difference > 0 ? payment.to() : payment.from())) {
            verdict.violated("account %s changes by %d, which nobody asked of it, from %s to %s"
                    .formatted(account, difference, before, emission));
        } else if (!(difference > 0 ? arrived : taken).add(payment.amount())) {
            verdict.violated(
                    "%s a second time: %s, %s".formatted(difference > 0 ? "arrived" : "taken", payment, emission));
        }
    }

    private static long balance(Emission emission) {
        int colon = emission.value().lastIndexOf(':');
        if (!emission.value().substring(0, Math.max(0, colon)).equals(emission.key())) {
            throw new IllegalArgumentException("an output of key " + emission.key() + " is " + emission);
        }
        return Long.parseLong(emission.value().substring(colon + 1));
    }

    private void whole(Payment payment) {
        boolean out = payment.kind() == Kind.DEPOSIT || taken.contains(payment.amount());
        boolean in = arrived.contains(payment.amount());
        if (out != in) {
            verdict.violated(
                    payment.kind() == Kind.DEPOSIT
                            ? "never arrived: " + payment
                            : "%s: %s".formatted(out ? "taken and lost" : "arrived and never taken", payment));
        } else if (payment.kind() == Kind.CANCELLED && out) {
            verdict.violated("moved although it was taken back: " + payment);
        } else if (!out && (payment.kind() == Kind.AT_ONCE || payment.kind() == Kind.DELAYED)) {
            verdict.violated("never moved: " + payment);
        } else if (payment.kind() == Kind.RACED) {
            verdict.counted(out ? "delayed payments that came first" : "cancellations that came first", "" + payment);
        }
    }

    private void sum(List<Payment> all) {
        long deposited = all.stream()
                .filter(payment -> payment.kind() == Kind.DEPOSIT)
                .mapToLong(Payment::amount)
                .sum();
        long found = balances.values().stream().mapToLong(Long::longValue).sum();
        if (found != deposited) {
            verdict.violated("the accounts hold %d and %d was deposited".formatted(found, deposited));
        }
    }
}
