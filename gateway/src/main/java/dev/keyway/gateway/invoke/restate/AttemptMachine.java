package dev.keyway.gateway.invoke.restate;

import dev.keyway.codecs.WireException;
import dev.keyway.codecs.restate.Command;
import dev.keyway.codecs.restate.Control;
import dev.keyway.codecs.restate.Failure;
import dev.keyway.codecs.restate.Frame;
import dev.keyway.codecs.restate.FrameDecoder;
import dev.keyway.codecs.restate.Header;
import dev.keyway.codecs.restate.Message;
import dev.keyway.codecs.restate.MessageType;
import dev.keyway.codecs.restate.Result;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;

/**
 * One attempt as the runtime sees it, without transport: bytes of the SDK in, an outcome out. Owned by one event loop.
 *
 * <pre>
 *            Output, then End                       → completed, or terminal for Output{failure}
 *  RUNNING ─ Error                                  → retry                                      ┐
 *     │      Suspension                             → undeliverable: names what it waits for     ├ SETTLED
 *     │      any other command                      → undeliverable: names the durable step      ┘    │ another durable step
 *     └───── bytes that break the protocol          → retry, the deployment's fault ──────────────► BROKEN
 * </pre>
 *
 * SETTLED: the outcome stands; the stream should be left to end by itself, for servers count resets against their
 * clients. BROKEN: the outcome stands and the stream is to be reset. A handler that goes on after a refused step is left
 * to run into its end, unless it begins another step.
 */
final class AttemptMachine {

    private static final int LONGEST_MESSAGE = 1_000;
    private static final int PROTOCOL_VIOLATION = 571;

    enum Phase {
        RUNNING,
        SETTLED,
        BROKEN
    }

    private final Target target;
    private final FrameDecoder frames;
    private final boolean keepsBody;
    private Phase phase = Phase.RUNNING;
    private Outcome outcome;
    /** Journal entries so far; entry 0 is the Input that we sent. */
    private int entries = 1;

    private Command.Output output;

    AttemptMachine(Target target, int maxMessageBytes, boolean keepsBody) {
        this.target = target;
        this.frames = new FrameDecoder(maxMessageBytes);
        this.keepsBody = keepsBody;
    }

    Phase phase() {
        return phase;
    }

    /** {@code null} while running. */
    Outcome outcome() {
        return outcome;
    }

    /** Whether the outcome is a refused durable step. */
    boolean refused() {
        return outcome != null && outcome.kind() == Outcome.Kind.UNDELIVERABLE;
    }

    /** Bytes of the answer; the array must not be changed afterwards. Not to be called once broken. */
    void receive(byte[] chunk) {
        try {
            frames.feed(chunk);
            for (Frame frame = frames.next(); frame != null && phase != Phase.BROKEN; frame = frames.next()) {
                if (phase == Phase.RUNNING) {
                    running(Message.parse(frame));
                } else {
                    settled(frame);
                }
            }
        } catch (WireException e) {
            violated(e.getMessage());
        }
    }

    /** The answer has ended. */
    void end() {
        if (phase == Phase.RUNNING) {
            violated(
                    frames.atFrameBoundary()
                            ? "the answer ended without End, Error or Suspension"
                            : "the answer ended within a message");
        }
    }

    private void running(Message message) {
        if (message instanceof Command.Output result) {
            if (output != null) {
                violated("a second Output");
                return;
            }
            entries++;
            output = result;
        } else if (message instanceof Control.End) {
            ended();
        } else if (message instanceof Control.Error error) {
            failed(error);
        } else if (message instanceof Control.Suspension suspension) {
            refuse(DurableStep.describe(suspension));
        } else if (message instanceof Command command && command.type() != MessageType.INPUT) {
            refuse(DurableStep.describe(command) + " as journal entry " + entries++);
        } else {
            violated("an unexpected message " + MessageType.describe(message.code()));
        }
    }

    private void settled(Frame frame) {
        MessageType type = MessageType.of(frame.type());
        if (refused() && type != null && type.isCommand() && type != MessageType.OUTPUT) {
            phase = Phase.BROKEN;
        }
    }

    private void ended() {
        if (output == null || output.result() == null) {
            violated("End without an Output");
        } else if (output.result() instanceof Failure failure) {
            terminal(failure);
        } else {
            byte[] body = ((Result.Value) output.result()).content().toByteArray();
            settle(
                    keepsBody
                            ? Outcome.completed(new Outcome.Response(200, null, Buffer.buffer(body), null))
                            : Outcome.COMPLETED);
        }
    }

    private void terminal(Failure failure) {
        Map<String, String> metadata = new HashMap<>();
        for (Header entry : failure.metadata()) {
            metadata.put(entry.key(), entry.value());
        }
        int status = failure.code() >= 200 && failure.code() < 600 ? failure.code() : 500;
        settle(new Outcome(
                Outcome.Kind.TERMINAL,
                Outcome.Fault.RECORD,
                target + " failed for good with " + Integer.toUnsignedString(failure.code()) + ": "
                        + Words.brief(failure.message(), LONGEST_MESSAGE),
                -1,
                new Outcome.Response(status, null, null, failure.message(), Map.copyOf(metadata))));
    }

    private void failed(Control.Error error) {
        Long delay = error.nextRetryMillis();
        settle(new Outcome(
                Outcome.Kind.RETRY,
                error.errorCode() == PROTOCOL_VIOLATION ? Outcome.Fault.DEPLOYMENT : Outcome.Fault.RECORD,
                target + " failed with " + Integer.toUnsignedString(error.errorCode()) + ": "
                        + Words.brief(error.message(), LONGEST_MESSAGE),
                delay == null ? -1 : Math.max(0, delay),
                null));
    }

    private void refuse(String step) {
        settle(new Outcome(
                Outcome.Kind.UNDELIVERABLE,
                Outcome.Fault.RECORD,
                target + " asks for " + step
                        + ". Durable steps are not available on the direct path yet: a handler may use its input, key"
                        + " and headers, and return or throw",
                -1,
                null));
    }

    private void settle(Outcome result) {
        outcome = result;
        phase = Phase.SETTLED;
    }

    /** After the outcome stands, broken bytes only end the stream. */
    private void violated(String found) {
        if (outcome == null) {
            outcome = Outcome.retry(Outcome.Fault.DEPLOYMENT, target + " broke the service protocol: " + found);
        }
        phase = Phase.BROKEN;
    }
}
