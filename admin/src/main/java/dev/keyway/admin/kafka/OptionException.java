package dev.keyway.admin.kafka;

import java.util.List;
import java.util.stream.Collectors;

/** Options that cannot be used, all of them at once. Messages name the option and hold no secrets. */
public final class OptionException extends Exception {

    private final transient List<Problem> problems;

    /** @param option as the user wrote it */
    public record Problem(String option, String message) {}

    public OptionException(List<Problem> problems) {
        super(problems.stream()
                .map(problem -> problem.option() + ": " + problem.message())
                .collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /** In the order of the options. */
    public List<Problem> problems() {
        return problems;
    }
}
