package dev.keyway.admin.module.yaml;

import dev.keyway.admin.config.ConfigException.Problem;
import java.util.ArrayList;
import java.util.List;

/** What reading modules has found so far, at most 200 problems. Used by one thread. */
public final class Report {

    private static final int MAX = 200;
    private static final int SHOWN = 100;

    private final List<Problem> problems = new ArrayList<>();
    private final List<String> info = new ArrayList<>();
    private int left;

    /** Notes a problem; see {@link Problem}. */
    public void problem(String place, String path, String message) {
        add(new Problem(place, path, message));
    }

    /** Notes problems that a reader of files found. */
    public void addAll(List<Problem> found) {
        found.forEach(this::add);
    }

    private void add(Problem problem) {
        if (problems.size() < MAX) {
            problems.add(problem);
        } else {
            left++;
        }
    }

    /** Notes what is accepted, but has no effect. */
    public void info(String place, String path, String message) {
        if (info.size() < MAX) {
            info.add(place + ": " + path + " " + message);
        }
    }

    /** Everything wrong, in the order in which it was found. */
    public List<Problem> problems() {
        List<Problem> all = new ArrayList<>(problems);
        if (left > 0) {
            all.add(new Problem("modules", null, "have " + left + " further problems"));
        }
        return all;
    }

    /** How many problems there are. */
    public int count() {
        return problems.size() + left;
    }

    /** In the order in which it was found. */
    public List<String> info() {
        return List.copyOf(info);
    }

    /** A text for messages: quoted, cut off when it is long, without line ends. */
    public static String quote(String text) {
        StringBuilder shown = new StringBuilder("'");
        text.codePoints()
                .limit(SHOWN)
                .forEach(c -> shown.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c));
        return shown.append(text.length() > SHOWN ? "…'" : "'").toString();
    }
}
