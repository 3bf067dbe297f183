package dev.keyway.gateway.cli;

/** Exit codes of the process. Public API: listed in {@code docs/operations.md}. */
final class ExitCode {
    /** The command did what it was asked; a server was asked to stop and drained. */
    static final int OK = 0;
    /** The instance could not start, or failed while it ran. */
    static final int FAILED = 1;
    /** A flag or the configuration is wrong; starting again without a change is useless. */
    static final int USAGE = 2;
    /** The instance stopped, but calls were still in flight when the bound was over; their records come again. */
    static final int DRAIN_INCOMPLETE = 3;

    private ExitCode() {}
}
