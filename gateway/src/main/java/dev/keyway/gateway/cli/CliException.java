package dev.keyway.gateway.cli;

/** Ends the command with one line on standard error. The message names what is at fault and what would be right. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    CliException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    CliException(int exitCode, String message) {
        this(exitCode, message, null);
    }

    int exitCode() {
        return exitCode;
    }
}
