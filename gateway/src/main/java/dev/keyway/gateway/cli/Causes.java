package dev.keyway.gateway.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Reads a chain of causes. Chains end at {@value #DEPTH} links, so that a cycle ends too. */
final class Causes {
    private static final int DEPTH = 32;

    private Causes() {}

    /** @return the first cause of the type, the throwable itself included, or {@code null} */
    static <T extends Throwable> T find(Throwable thrown, Class<T> type) {
        Throwable at = thrown;
        for (int i = 0; at != null && i < DEPTH; i++, at = at.getCause()) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
        }
        return null;
    }

    /** @return the message of the outermost throwable that says something, without the wrappers of futures */
    static String describe(Throwable thrown) {
        Throwable at = thrown;
        for (int i = 0; at.getCause() != null && isWrapper(at) && i < DEPTH; i++) {
            at = at.getCause();
        }
        return at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof ExecutionException
                || thrown instanceof CompletionException
                || thrown.getMessage() == null
                || thrown.getMessage().equals(thrown.getCause().toString());
    }
}
