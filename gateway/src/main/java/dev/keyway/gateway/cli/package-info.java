/**
 * The command line: {@code keyway server}, {@code dev} and {@code demo}. Whatever goes wrong before an instance runs is
 * one line on standard error and an exit code of {@link dev.keyway.gateway.cli.ExitCode}; a stack trace is never the
 * answer to a wrong flag, file or port.
 */
package dev.keyway.gateway.cli;
