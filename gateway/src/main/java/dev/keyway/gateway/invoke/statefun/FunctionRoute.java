package dev.keyway.gateway.invoke.statefun;

import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.admin.module.TransportSpec;
import dev.keyway.gateway.invoke.Target;
import io.netty.util.AsciiString;
import java.time.Duration;

/**
 * What does not change from call to call of one function. Immutable.
 *
 * @param path with the query
 * @param readMillis longest silence while an answer is awaited, 0 for no bound
 * @param writeMillis longest time until a request is written, 0 for no bound
 * @param repeats what is tried again
 */
record FunctionRoute(
        AsciiString path, int maxRequestBytes, long readMillis, long writeMillis, TransportSpec.Type repeats) {

    static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    static final AsciiString CONTENT_ENCODING = AsciiString.cached("content-encoding");

    /** @param endpoint {@code null} when a reload took it away under a call that is still to be made */
    static FunctionRoute of(Target target, FunctionEndpoint endpoint) {
        TransportSpec transport = endpoint == null ? null : endpoint.transport();
        return new FunctionRoute(
                AsciiString.of(target.handler().path()),
                (int) target.transport().maxResponseBytes(),
                transport == null ? 0 : millis(transport.read()),
                transport == null ? 0 : millis(transport.write()),
                transport == null ? TransportSpec.Type.ASYNC : transport.type());
    }

    private static long millis(Duration timeout) {
        return timeout == null ? 0 : Math.max(1, timeout.toMillis());
    }

    /** Whether an answer that says that the batch was not handled is tried again. */
    boolean repeats(int status) {
        return switch (repeats) {
            case ASYNC -> true;
            case OKHTTP ->
                status >= 500
                        || switch (status) {
                            case 408, 409, 420, 429, 499 -> true;
                            default -> false;
                        };
        };
    }
}
