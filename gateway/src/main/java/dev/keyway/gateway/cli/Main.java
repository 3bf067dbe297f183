package dev.keyway.gateway.cli;

import ch.qos.logback.classic.LoggerContext;
import java.io.PrintWriter;
import java.util.Map;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Entry point of the process. */
public final class Main {
    private Main() {}

    /** Runs the command and exits with a code of {@code docs/operations.md}. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        int exitCode = commandLine(System.getenv(), out, err).execute(args);
        flushLog();
        System.exit(exitCode);
    }

    /** The log is written by a thread of its own, which the end of the process would cut off. */
    static void flushLog() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
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
