package dev.keyway.gateway.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line on standard error and an exit code. */
final class OneLine {
    private OneLine() {}

    static int wrongArguments(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        StringBuilder line = new StringBuilder(flatten(e.getMessage()));
        List<String> suggestions = e instanceof UnmatchedArgumentException unmatched
                ? unmatched.getSuggestions().stream().limit(3).collect(Collectors.toList())
                : List.of();
        if (!suggestions.isEmpty()) {
            line.append("; did you mean ")
                    .append(String.join(" or ", suggestions))
                    .append('?');
        }
        line.append("; see '").append(command.getCommandSpec().qualifiedName()).append(" --help'");
        return print(command, line.toString(), ExitCode.USAGE);
    }

    /** @param ignored picocli's interface hands it over, no message depends on it */
    static int failed(Exception e, CommandLine command, ParseResult ignored) {
        if (e instanceof CliException cli) {
            return print(command, cli.getMessage(), cli.exitCode());
        }
        LoggerFactory.getLogger(Main.class).debug("command failed", e);
        return print(command, Causes.describe(e), ExitCode.FAILED);
    }

    private static int print(CommandLine command, String message, int exitCode) {
        command.getErr().println("keyway: " + flatten(message));
        command.getErr().flush();
        return exitCode;
    }

    /** Messages of parsers carry line breaks and indentation; one line says the same. */
    static String flatten(String message) {
        return message == null ? "no message" : message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
