package dev.keyway.admin.rest;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.regex.Pattern;

/** Makes ids in Restate's form: prefix, {@code _1}, and a ULID in 22 digits of base 62. Any thread. */
final class Ids {

    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());
    private static final int LENGTH = 22;
    private static final int RANDOM_BITS = 80;
    private static final Pattern BODY = Pattern.compile("_1[0-9a-zA-Z]{" + LENGTH + "}");

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Ids(Clock clock) {
        this.clock = clock;
    }

    String next(String prefix) {
        BigInteger rest =
                BigInteger.valueOf(clock.millis()).shiftLeft(RANDOM_BITS).or(new BigInteger(RANDOM_BITS, random));
        StringBuilder reversed = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            BigInteger[] parts = rest.divideAndRemainder(BASE);
            reversed.append(DIGITS.charAt(parts[1].intValue()));
            rest = parts[0];
        }
        return prefix + "_1" + reversed.reverse();
    }

    static boolean wellFormed(String prefix, String id) {
        return id != null
                && id.startsWith(prefix)
                && BODY.matcher(id.substring(prefix.length())).matches();
    }
}
