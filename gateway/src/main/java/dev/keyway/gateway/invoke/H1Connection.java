package dev.keyway.gateway.invoke;

import io.netty.buffer.ByteBuf;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP/1.1 connection: one exchange at a time, on Vert.x's client connection. */
final class H1Connection extends Connection {
    private static final Pattern TIMEOUT = Pattern.compile("(?i)(?:^|[,;\\s])timeout=\"?(\\d{1,9})");
    private final Endpoint endpoint;
    private final HttpClientConnection connection;
    private final ContextInternal context;
    private Exchange1 current;
    private boolean closed;
    private long idleNanos;
    private long answeredAt;

    H1Connection(Endpoint endpoint, HttpClientConnection connection, ContextInternal context) {
        this.endpoint = endpoint;
        this.connection = connection;
        this.context = context;
        connection.closeHandler(v -> onClosed());
        connection.exceptionHandler(ignored -> {});
    }

    @Override
    int active() {
        return current == null ? 0 : 1;
    }

    @Override
    boolean stale() {
        return idleNanos > 0 && System.nanoTime() - answeredAt >= idleNanos;
    }

    @Override
    int limit() {
        return closed ? 0 : 1;
    }

    @Override
    void head(Attempt attempt, CharSequence path) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(endpoint.address().host())
                .setPort(endpoint.address().port())
                .setURI(path.toString());
        current = new Exchange1(attempt, options);
        attempt.stream = current;
    }

    @Override
    boolean header(Attempt attempt, CharSequence name, CharSequence value) {
        if (!HeaderRules.legalName(name) || !HeaderRules.legalValue(value)) {
            return false;
        }
        current.options.addHeader(name, value);
        return true;
    }

    @Override
    void endHead(Attempt attempt, boolean end) {
        Exchange1 exchange = current;
        exchange.ended = end;
        if (end) {
            exchange.begin();
        } else {
            // A body that is given whole in this task goes with its length: not every server reads chunks.
            context.runOnContext(v -> exchange.begin());
        }
    }

    @Override
    void data(Attempt attempt, byte[] chunk, boolean end) {
        Exchange1 exchange = (Exchange1) attempt.stream;
        exchange.write(Buffer.buffer(chunk), end);
    }

    @Override
    boolean writable(Attempt attempt) {
        Exchange1 exchange = (Exchange1) attempt.stream;
        return exchange.ended ? exchange.written : exchange.request != null && !exchange.request.writeQueueFull();
    }

    @Override
    void abandon(Attempt attempt, boolean answerComplete) {
        // HTTP/1.1 has no other way to take a request back.
        close();
    }

    @Override
    void release(Attempt attempt) {
        if (current != null && current == attempt.stream) {
            current = null;
        }
        attempt.stream = null;
        if (draining()) {
            disconnect();
        }
    }

    @Override
    void suspect() {
        close();
    }

    @Override
    void disconnect() {
        if (!closed) {
            connection.close();
        }
    }

    /** What a {@code keep-alive} header promises, -1 when there is none or it says nothing. */
    private static long keepAliveSeconds(String header) {
        if (header == null) {
            return -1;
        }
        Matcher matcher = TIMEOUT.matcher(header);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }

    private void onClosed() {
        closed = true;
        if (current != null) {
            current.attempt.fail(Outcome.retry(
                    Outcome.Fault.DEPLOYMENT,
                    endpoint.address() + " closed the connection before the answer was complete"));
        }
        endpoint.closed(this);
    }

    /** One request and its answer. */
    private final class Exchange1 {
        private final Attempt attempt;
        private final RequestOptions options;
        private HttpClientRequest request;
        private Buffer pending;
        private boolean begun;
        private boolean ended;
        private boolean written;

        Exchange1(Attempt attempt, RequestOptions options) {
            this.attempt = attempt;
            this.options = options;
        }

        void begin() {
            if (begun || attempt.ended()) {
                return;
            }
            begun = true;
            if (ended && pending == null) {
                options.putHeader(HttpHeaders.CONTENT_LENGTH, "0");
            }
            connection.request(options).onComplete((request, failure) -> {
                if (failure != null) {
                    fail(failure);
                } else {
                    start(request);
                }
            });
        }

        /** The connection grants its only stream; what was written meanwhile goes out now. */
        void start(HttpClientRequest granted) {
            request = granted;
            granted.exceptionHandler(this::fail);
            granted.response().onComplete((response, failure) -> {
                if (failure != null) {
                    fail(failure);
                } else {
                    answer(response);
                }
            });
            if (attempt.ended()) {
                close();
            } else if (ended) {
                end(pending);
            } else {
                granted.setChunked(true);
                granted.drainHandler(v -> attempt.onDrained());
                if (pending != null) {
                    granted.write(pending).onFailure(this::fail);
                } else {
                    granted.sendHead().onFailure(this::fail);
                }
            }
            pending = null;
        }

        void write(Buffer chunk, boolean end) {
            ended = end;
            if (request == null) {
                pending = pending == null ? chunk : pending.copy().appendBuffer(chunk);
                if (end) {
                    begin();
                }
            } else if (end) {
                end(chunk);
            } else {
                request.write(chunk).onFailure(this::fail);
            }
        }

        private void end(Buffer last) {
            (last == null ? request.end() : request.end(last)).onComplete((sent, failure) -> {
                if (failure != null) {
                    fail(failure);
                } else {
                    written = true;
                    attempt.onDrained();
                }
            });
        }

        private void answer(HttpClientResponse response) {
            response.exceptionHandler(this::fail);
            response.handler(buffer -> {
                ByteBuf bytes = ((BufferInternal) buffer).getByteBuf();
                attempt.onData(bytes, false);
            });
            response.endHandler(v -> {
                if (!kept(response)) {
                    endpoint.retire(H1Connection.this);
                }
                attempt.onEnd();
            });
            attempt.onHead(new Head(response), false);
        }

        /** Whether the server waits for another request, and for how long if it says so. */
        private boolean kept(HttpClientResponse response) {
            answeredAt = System.nanoTime();
            String connection = response.getHeader(HttpHeaders.CONNECTION);
            if ("close".equalsIgnoreCase(connection)
                    || response.version() == HttpVersion.HTTP_1_0 && !"keep-alive".equalsIgnoreCase(connection)) {
                return false;
            }
            long seconds = keepAliveSeconds(response.getHeader("keep-alive"));
            // A request must be there before the server's patience ends, and its clock started before ours.
            idleNanos = seconds < 0 ? 0 : Math.max(1, TimeUnit.SECONDS.toNanos(seconds) * 4 / 5);
            return true;
        }

        private void fail(Throwable failure) {
            attempt.fail(Outcome.retry(
                    Outcome.Fault.DEPLOYMENT,
                    "exchange with " + endpoint.address() + " failed: " + Failures.text(failure)));
        }
    }

    private record Head(HttpClientResponse response) implements ResponseHead {
        @Override
        public int status() {
            return response.statusCode();
        }

        @Override
        public CharSequence header(CharSequence name) {
            return response.headers().get(name);
        }

        @Override
        public MultiMap headers() {
            MultiMap copy = MultiMap.caseInsensitiveMultiMap();
            for (Map.Entry<String, String> entry : response.headers()) {
                if (!HeaderRules.hopByHop(entry.getKey().toLowerCase(java.util.Locale.ROOT))) {
                    copy.add(entry.getKey(), entry.getValue());
                }
            }
            return copy;
        }
    }
}
