package dev.keyway.admin.kafka;

import java.util.regex.Pattern;

/** What Kafka takes as the name of a topic. */
public final class TopicName {

    /** Completes the sentence "wanted …". */
    public static final String WANTED = "at most 249 letters, digits, '.', '_' and '-'";

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private TopicName() {}

    /** Whether there can be a topic of this name. */
    public static boolean legal(String name) {
        return !name.equals(".") && !name.equals("..") && LEGAL.matcher(name).matches();
    }

    /** @throws IllegalArgumentException if there can be no topic of this name; the message says what is wanted */
    public static String checked(String name) {
        if (!legal(name)) {
            throw new IllegalArgumentException("wanted the name of a topic: " + WANTED);
        }
        return name;
    }
}
