package dev.keyway.gateway.cli;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;

/** Entry point of the process. */
public final class Main {
    private Main() {}

    /** Runs the command and exits with a code of {@code docs/operations.md}. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        System.exit(commandLine(System.getenv(), out, err).execute(args));
    }

    static CommandLine commandLine(Map<String, String> environment, PrintWriter out, PrintWriter err) {
        return new CommandLine(new KeywayCommand(environment))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler(OneLine::wrongArguments)
                .setExecutionExceptionHandler(OneLine::failed);
    }
}
