package dev.keyway.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.gateway.invoke.TestCalls.TestCall;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.LoggerFactory;

/** A handler that answers with whatever bytes a test says, and the promises that hold whatever these are. */
final class HostilePeer implements AutoCloseable {
    static final int MAX_RESPONSE = 64 * 1024;

    /**
     * @param bytes made of the id of the request's stream
     * @param close whether the connection ends with them
     */
    record Answer(IntFunction<Buffer> bytes, boolean close) {}

    private static final Answer GOOD_HTTP2 = new Answer(stream -> Wire.head(stream, Wire.END, "200"), false);
    private static final Answer GOOD_HTTP1 =
            new Answer(stream -> Buffer.buffer("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), false);

    final InvokerFixture fixture = new InvokerFixture(
            new KeywayConfig.Invoker(
                    Duration.ofSeconds(10), Duration.ofMillis(500), 2, 100, Duration.ofMinutes(10), MAX_RESPONSE),
            new ClientSSLOptions());
    private final boolean http11;
    private final NetServer server;
    private final Target target;
    private final List<Throwable> unexpected = new CopyOnWriteArrayList<>();
    private final Log log = new Log();
    private volatile Answer answer;

    HostilePeer(boolean http11) {
        this.http11 = http11;
        answer = good();
        fixture.vertx.exceptionHandler(unexpected::add);
        server = InvokerFixture.await(fixture.vertx
                .createNetServer()
                .connectHandler(http11 ? this::serveHttp1 : this::serveHttp2)
                .listen(0, "127.0.0.1"));
        String uri = "http://127.0.0.1:" + server.actualPort() + "/";
        target = TestCalls.object(http11 ? TestCalls.deployment(uri, true, 1) : TestCalls.deployment(uri));
        log.start();
        log.root().addAppender(log);
    }

    @Override
    public void close() {
        log.root().detachAppender(log);
        fixture.close();
    }

    private Answer good() {
        return http11 ? GOOD_HTTP1 : GOOD_HTTP2;
    }

    /** The outcome of a call that is answered so; everything that must hold for any answer has been checked. */
    Outcome outcomeOf(Answer hostile) {
        return outcomeOf(hostile, Duration.ofMillis(150));
    }

    /** The same, with time enough for an answer that comes to its end. */
    Outcome patientOutcomeOf(Answer hostile) {
        return outcomeOf(hostile, Duration.ofSeconds(30));
    }

    /** A copy with one to three bits changed. */
    static Buffer flipped(Random random, Buffer sample) {
        Buffer flipped = sample.copy();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(flipped.length());
            flipped.setByte(at, (byte) (flipped.getByte(at) ^ 1 << random.nextInt(8)));
        }
        return flipped;
    }

    static byte[] bytes(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Outcome outcomeOf(Answer hostile, Duration timeout) {
        unexpected.clear();
        answer = hostile;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Outcome outcome;
        do {
            outcome = fixture.run(TestCalls.call(target).timeout(timeout));
        } while (neverSent(outcome) && System.nanoTime() < deadline);
        answer = good();

        assertThat(outcome.kind() == Outcome.Kind.COMPLETED || !outcome.reason().isBlank())
                .as(outcome.toString())
                .isTrue();
        if (outcome.reason() != null) {
            assertThat(outcome.reason()).doesNotContain("Exception", "null");
        }
        if (outcome.response() != null && outcome.response().body() != null) {
            assertThat(outcome.response().body().length()).isLessThanOrEqualTo(MAX_RESPONSE);
        }
        String deployment = target.deployment().id();
        int inFlight = fixture.onLoop(() -> fixture.invoker.inFlight(deployment));
        assertThat(inFlight).isZero();
        wellFormedAnswersWork();
        assertThat(unexpected).isEmpty();
        return outcome;
    }

    /** On a busy machine a connection may not come in time. */
    private static boolean neverSent(Outcome outcome) {
        return outcome.reason() != null && outcome.reason().startsWith("no connection to");
    }

    private void wellFormedAnswersWork() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Outcome last;
        do {
            TestCall call = TestCalls.call(target).timeout(Duration.ofSeconds(2));
            last = fixture.run(call);
        } while (last.kind() != Outcome.Kind.COMPLETED && System.nanoTime() < deadline);
        assertThat(last.kind()).as(last.toString()).isEqualTo(Outcome.Kind.COMPLETED);
    }

    private void reply(NetSocket socket, int stream) {
        Answer now = answer;
        socket.write(now.bytes().apply(stream));
        if (now.close()) {
            socket.close();
        }
    }

    private void serveHttp1(NetSocket socket) {
        Buffer seen = Buffer.buffer();
        int[] from = {0};
        socket.exceptionHandler(e -> {});
        socket.handler(chunk -> {
            seen.appendBuffer(chunk);
            String text = seen.toString(StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n", from[0]);
            if (end >= 0 && text.length() >= end + 6) {
                from[0] = end + 6;
                reply(socket, 0);
            }
        });
    }

    /** Settings, acknowledgements, and the answer to every head. */
    private void serveHttp2(NetSocket socket) {
        Buffer[] seen = {Buffer.buffer()};
        int[] at = {24};
        socket.exceptionHandler(e -> {});
        socket.write(Wire.frame(Wire.SETTINGS, 0, 0, new byte[0]));
        socket.handler(chunk -> {
            seen[0].appendBuffer(chunk);
            while (seen[0].length() >= at[0] + 9) {
                int length = seen[0].getUnsignedMedium(at[0]);
                if (seen[0].length() < at[0] + 9 + length) {
                    break;
                }
                int type = seen[0].getByte(at[0] + 3);
                boolean acknowledged = (seen[0].getByte(at[0] + 4) & 1) != 0;
                if (type == Wire.HEADERS) {
                    reply(socket, seen[0].getInt(at[0] + 5));
                } else if (type == Wire.SETTINGS && !acknowledged) {
                    socket.write(Wire.frame(Wire.SETTINGS, 1, 0, new byte[0]));
                } else if (type == Wire.PING && !acknowledged) {
                    socket.write(Wire.frame(Wire.PING, 1, 0, seen[0].getBytes(at[0] + 9, at[0] + 17)));
                }
                at[0] += 9 + length;
            }
            if (at[0] <= seen[0].length()) {
                seen[0] = seen[0].getBuffer(at[0], seen[0].length());
                at[0] = 0;
            }
        });
    }

    /** Failures that Netty, Vert.x or the invoker could only log. */
    private final class Log extends AppenderBase<ILoggingEvent> {
        Logger root() {
            return (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        }

        @Override
        protected void append(ILoggingEvent event) {
            String logger = event.getLoggerName();
            boolean ours = logger.startsWith("io.netty")
                    || logger.startsWith("io.vertx")
                    || logger.startsWith("dev.keyway.gateway.invoke");
            if (ours && event.getLevel().isGreaterOrEqual(Level.WARN) && event.getThrowableProxy() != null) {
                unexpected.add(new AssertionError(logger + ": " + event.getFormattedMessage() + ": "
                        + event.getThrowableProxy().getClassName() + " "
                        + event.getThrowableProxy().getMessage()));
            }
        }
    }
}
