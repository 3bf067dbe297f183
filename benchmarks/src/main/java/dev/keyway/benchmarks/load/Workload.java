package dev.keyway.benchmarks.load;

import java.nio.charset.StandardCharsets;

/**
 * The records of a pass, the same for the topics and for the bare loop. Records of one key are in one partition, in the
 * order of their numbers.
 *
 * @param records number of records
 * @param keys the key of each
 * @param valueBytes size of a value, at least {@link Body#LEAST}
 * @param topics over which the keys are spread
 * @param partitions of each topic
 */
record Workload(int records, Keys keys, int valueBytes, int topics, int partitions) {
    private static final int KEY_DIGITS = 7;
    static final String KEY_PREFIX = "key-";

    Workload {
        if (records < 1 || topics < 1 || partitions < 1 || valueBytes < Body.LEAST) {
            throw new IllegalArgumentException("a workload needs records, topics, partitions, and values of at least "
                    + Body.LEAST + " bytes, not " + records + ", " + topics + ", " + partitions + ", " + valueBytes);
        }
    }

    Workload withRecords(int number) {
        return new Workload(number, keys, valueBytes, topics, partitions);
    }

    /** Partitions of all topics together. */
    int slots() {
        return topics * partitions;
    }

    /** Where record i goes: partition {@code slot % partitions} of topic {@code slot / partitions}. */
    int slot(int i) {
        return keys.number(i) % slots();
    }

    byte[] key(int i) {
        byte[] key = new byte[KEY_PREFIX.length() + KEY_DIGITS];
        for (int c = 0; c < KEY_PREFIX.length(); c++) {
            key[c] = (byte) KEY_PREFIX.charAt(c);
        }
        int rest = keys.number(i);
        for (int c = key.length - 1; c >= KEY_PREFIX.length(); c--) {
            key[c] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return key;
    }

    /** For the command line of the bare loop: one word. */
    String toWord() {
        return (records + "," + keys + "," + valueBytes + "," + topics + "," + partitions);
    }

    /** Reads {@link #toWord()}. */
    static Workload parse(String word) {
        String[] parts = word.split(",");
        return new Workload(
                Integer.parseInt(parts[0]),
                Keys.parse(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]),
                Integer.parseInt(parts[4]));
    }

    /** The text of {@link #key}. */
    static String text(byte[] key) {
        return new String(key, StandardCharsets.US_ASCII);
    }
}
