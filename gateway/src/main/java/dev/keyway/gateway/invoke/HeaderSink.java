package dev.keyway.gateway.invoke;

/** Takes the headers of one call, in order; repeats are kept. Names are lower case and legal. */
@FunctionalInterface
public interface HeaderSink {
    void add(CharSequence name, CharSequence value);
}
