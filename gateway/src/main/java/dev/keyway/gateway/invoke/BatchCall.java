package dev.keyway.gateway.invoke;

import java.util.List;

/**
 * A call that carries several records, for drivers that know how to send them: protocol {@code http} only. Its records are
 * settled once {@link #begin} answered true.
 */
public interface BatchCall extends Call {

    int records();

    @Override
    default int events() {
        return records();
    }

    BatchRecord record(int index);

    /**
     * Tells what became of each record, in their order, before {@link Call#done}, whose outcome then counts for none of
     * them. Without it, the outcome of {@code done} is that of all.
     */
    void results(List<Outcome> each);

    /** A batch has no key: its records have theirs. */
    @Override
    default String key() {
        return null;
    }

    @Override
    default byte[] body() {
        throw new UnsupportedOperationException("the body of a batch is made by its driver");
    }

    @Override
    default CharSequence contentType() {
        return target().codec().contentType();
    }

    @Override
    default byte[] invocationId() {
        throw new UnsupportedOperationException("a batch has no invocation id");
    }

    @Override
    default int retryCount() {
        return 0;
    }
}
