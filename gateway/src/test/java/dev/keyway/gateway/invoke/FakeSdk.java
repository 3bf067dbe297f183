package dev.keyway.gateway.invoke;

import dev.keyway.codecs.WireException;
import dev.keyway.codecs.restate.Frame;
import dev.keyway.codecs.restate.FrameDecoder;
import dev.keyway.codecs.restate.Message;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The far side of the service protocol, which does as the test says. Its answers end only when told. */
public final class FakeSdk {
    public final BlockingQueue<Attempt> attempts = new LinkedBlockingQueue<>();
    private final HttpServer server;
    private volatile int status = 200;
    private volatile String contentType = "application/vnd.restate.invocation.v6";
    private volatile Consumer<Attempt> script = attempt -> {};

    public FakeSdk(Vertx vertx) {
        server = InvokerFixture.await(
                vertx.createHttpServer().requestHandler(this::accept).listen(0, "127.0.0.1"));
    }

    public String uri() {
        return InvokerFixture.uri(server);
    }

    FakeSdk answers(int newStatus, String newContentType) {
        status = newStatus;
        contentType = newContentType;
        return this;
    }

    /** Runs when Start and Input have arrived. */
    public FakeSdk does(Consumer<Attempt> newScript) {
        script = newScript;
        return this;
    }

    Attempt next() throws InterruptedException {
        Attempt attempt = attempts.poll(60, TimeUnit.SECONDS);
        if (attempt == null) {
            throw new AssertionError("no request came");
        }
        return attempt;
    }

    private void accept(HttpServerRequest request) {
        Attempt attempt = new Attempt(request);
        FrameDecoder decoder = new FrameDecoder(1 << 20);
        request.exceptionHandler(failure -> attempt.reset = true);
        request.response().exceptionHandler(failure -> attempt.reset = true);
        request.endHandler(end -> attempt.requestEnded = true);
        request.handler(chunk -> {
            decoder.feed(chunk.getBytes());
            try {
                for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                    attempt.received.add(Message.parse(frame));
                    if (attempt.received.size() == 2) {
                        request.response().setStatusCode(status).putHeader("content-type", contentType);
                        attempts.add(attempt);
                        script.accept(attempt);
                    }
                }
            } catch (WireException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** A request, and the answer to it. */
    public static final class Attempt {
        public final String uri;
        final MultiMap headers;
        public final List<Message> received = new CopyOnWriteArrayList<>();
        volatile boolean requestEnded;
        volatile boolean reset;
        private final HttpServerResponse response;

        Attempt(HttpServerRequest request) {
            uri = request.uri();
            headers = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
            response = request.response();
        }

        public Attempt say(Message... messages) {
            for (Message message : messages) {
                response.write(Buffer.buffer(message.toFrameBytes()));
            }
            return this;
        }

        Attempt header(String name, String value) {
            response.putHeader(name, value);
            return this;
        }

        public void end() {
            response.end();
        }
    }
}
