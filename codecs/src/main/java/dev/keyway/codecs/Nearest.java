package dev.keyway.codecs;

import java.util.Collection;

/** The known name closest to a mistyped one, by edit distance. */
public final class Nearest {

    private Nearest() {}

    /** {@code "; did you mean 'x'?"}, or nothing when no name is close. */
    public static String hint(String found, Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(2, found.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(found, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best == null ? "" : "; did you mean '" + best + "'?";
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(diagonal + change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
