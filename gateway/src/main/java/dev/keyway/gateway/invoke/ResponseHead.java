package dev.keyway.gateway.invoke;

import io.vertx.core.MultiMap;

/** Status and headers of an answer. Valid only while it is handed over. */
public interface ResponseHead {

    /** 200 to 599 from a well-behaved server; never 1xx. */
    int status();

    /** The first value of that header, or {@code null}. The name in lower case. */
    CharSequence header(CharSequence name);

    /** A copy of all headers that may be kept; without pseudo and hop-by-hop headers. */
    MultiMap headers();
}
