package dev.keyway.gateway.rpc.inbox;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.rpc.RpcCall;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes and reads the value of a record of the topic of replies: a version byte, then the fields of a protobuf message,
 * which {@code docs/internal-topics.md} lists. Readers skip fields that they do not know; another version they refuse. No
 * state; any thread.
 */
public final class AnswerCodec {
    /** The format that is written. */
    public static final int VERSION = 1;

    private static final int CORRELATION = 1;
    private static final int KIND = 2;
    private static final int REASON = 3;
    private static final int STATUS = 4;
    private static final int HEADER = 5;
    private static final int BODY = 6;
    private static final int FAILURE = 7;
    private static final int METADATA = 8;
    private static final int INVOCATION = 9;
    private static final int FAULT = 10;
    private static final int RETRY_AFTER = 11;
    private static final int HEADERS = 12;

    private static final int COMPLETED = 1;
    private static final int REFUSED_FOR_GOOD = 2;
    private static final int TIMED_OUT = 3;
    private static final int BLOCKED = 4;
    private static final int OVERLOADED = 5;
    private static final int UNKNOWN = 6;
    private static final int NOTICE = 7;

    /** The longest text of a notice, in characters. */
    private static final int NOTICE_LENGTH = 500;

    private AnswerCodec() {}

    /** What the owner of a slot tells a caller. */
    public sealed interface News {
        /** The number of the call. */
        long correlation();
    }

    /** The end of a call. */
    public record Answer(long correlation, RpcCall.Reply reply) implements News {}

    /**
     * A call still waits.
     *
     * @param ahead what for; of a long text its beginning arrives
     */
    public record Notice(long correlation, String ahead) implements News {}

    /** The value of the record. */
    public static byte[] encode(News news) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(VERSION);
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeFixed64(CORRELATION, news.correlation());
            if (news instanceof Answer answer) {
                write(out, answer.reply());
            } else if (news instanceof Notice notice) {
                out.writeUInt32(KIND, NOTICE);
                out.writeString(REASON, beginning(notice.ahead()));
            }
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("an array takes what is written", e);
        }
    }

    private static String beginning(String text) {
        return text.length() <= NOTICE_LENGTH ? text : text.substring(0, NOTICE_LENGTH) + "…";
    }

    private static void write(CodedOutputStream out, RpcCall.Reply reply) throws IOException {
        if (reply instanceof RpcCall.Reply.Answered answered) {
            Outcome outcome = answered.outcome();
            boolean completed = outcome.kind() == Outcome.Kind.COMPLETED;
            out.writeUInt32(KIND, completed ? COMPLETED : REFUSED_FOR_GOOD);
            text(out, REASON, outcome.reason());
            text(out, INVOCATION, answered.invocationId());
            if (outcome.fault() == Outcome.Fault.DEPLOYMENT) {
                out.writeBool(FAULT, true);
            }
            response(out, outcome.response());
        } else if (reply instanceof RpcCall.Reply.TimedOut timedOut) {
            out.writeUInt32(KIND, TIMED_OUT);
            text(out, REASON, timedOut.text());
        } else if (reply instanceof RpcCall.Reply.Blocked blocked) {
            out.writeUInt32(KIND, BLOCKED);
            text(out, REASON, blocked.reason());
        } else if (reply instanceof RpcCall.Reply.Overloaded overloaded) {
            out.writeUInt32(KIND, OVERLOADED);
            text(out, REASON, overloaded.reason());
            out.writeUInt64(RETRY_AFTER, overloaded.retryAfterSeconds());
        } else if (reply instanceof RpcCall.Reply.Unknown unknown) {
            out.writeUInt32(KIND, UNKNOWN);
            text(out, REASON, unknown.reason());
        } else {
            throw new IllegalArgumentException("slots do not answer with " + reply);
        }
    }

    private static void response(CodedOutputStream out, Outcome.Response response) throws IOException {
        if (response == null) {
            return;
        }
        out.writeUInt32(STATUS, response.status());
        if (response.headers() != null) {
            out.writeBool(HEADERS, true);
            for (Map.Entry<String, String> header : response.headers()) {
                out.writeByteArray(HEADER, pair(header.getKey(), header.getValue()));
            }
        }
        if (response.body() != null) {
            out.writeByteArray(BODY, response.body().getBytes());
        }
        text(out, FAILURE, response.failureMessage());
        for (Map.Entry<String, String> entry : response.failureMetadata().entrySet()) {
            out.writeByteArray(METADATA, pair(entry.getKey(), entry.getValue()));
        }
    }

    private static void text(CodedOutputStream out, int field, String text) throws IOException {
        if (text != null) {
            out.writeString(field, text);
        }
    }

    private static byte[] pair(String name, String value) throws IOException {
        byte[] bytes =
                new byte[CodedOutputStream.computeStringSize(1, name) + CodedOutputStream.computeStringSize(2, value)];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(1, name);
        out.writeString(2, value);
        return bytes;
    }

    /**
     * Reads a value.
     *
     * @throws IOException if it is none, or one of a newer format
     */
    public static News decode(byte[] value) throws IOException {
        if (value == null || value.length == 0 || value[0] != VERSION) {
            throw new IOException("expected an answer of version " + VERSION + ", found "
                    + (value == null || value.length == 0 ? "no bytes" : "version " + (value[0] & 0xff)));
        }
        return new Reader().read(value);
    }

    /** The fields as they come. */
    private static final class Reader {
        private long correlation;
        private int kind;
        private String reason;
        private int status;
        private boolean hasHeaders;
        private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        private Buffer body;
        private String failure;
        private final Map<String, String> metadata = new HashMap<>();
        private String invocation;
        private boolean deployment;
        private long retryAfter;

        News read(byte[] value) throws IOException {
            CodedInputStream in = CodedInputStream.newInstance(value, 1, value.length - 1);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                take(in, tag);
            }
            return kind == NOTICE ? new Notice(correlation, reason()) : new Answer(correlation, reply());
        }

        private void take(CodedInputStream in, int tag) throws IOException {
            switch (tag) {
                case CORRELATION << 3 | 1 -> correlation = in.readFixed64();
                case KIND << 3 -> kind = in.readUInt32();
                case REASON << 3 | 2 -> reason = in.readStringRequireUtf8();
                case STATUS << 3 -> status = in.readUInt32();
                case HEADER << 3 | 2 -> pair(in, headers::add);
                case BODY << 3 | 2 -> body = Buffer.buffer(in.readByteArray());
                case FAILURE << 3 | 2 -> failure = in.readStringRequireUtf8();
                case METADATA << 3 | 2 -> pair(in, metadata::put);
                case INVOCATION << 3 | 2 -> invocation = in.readStringRequireUtf8();
                case FAULT << 3 -> deployment = in.readBool();
                case RETRY_AFTER << 3 -> retryAfter = in.readUInt64();
                case HEADERS << 3 -> hasHeaders = in.readBool();
                default -> skip(in, tag);
            }
        }

        private static void skip(CodedInputStream in, int tag) throws IOException {
            if (!in.skipField(tag)) {
                throw new IOException("a group ends that has not begun");
            }
        }

        private interface Pair {
            void take(String name, String value);
        }

        private static void pair(CodedInputStream in, Pair pair) throws IOException {
            CodedInputStream nested = in.readBytes().newCodedInput();
            String name = "";
            String value = "";
            for (int tag = nested.readTag(); tag != 0; tag = nested.readTag()) {
                switch (tag) {
                    case 1 << 3 | 2 -> name = nested.readStringRequireUtf8();
                    case 2 << 3 | 2 -> value = nested.readStringRequireUtf8();
                    default -> skip(nested, tag);
                }
            }
            pair.take(name, value);
        }

        private RpcCall.Reply reply() throws IOException {
            return switch (kind) {
                case COMPLETED -> answered(Outcome.completed(response()));
                case REFUSED_FOR_GOOD ->
                    answered(new Outcome(
                            Outcome.Kind.TERMINAL,
                            deployment ? Outcome.Fault.DEPLOYMENT : Outcome.Fault.RECORD,
                            reason,
                            -1,
                            response()));
                case TIMED_OUT -> new RpcCall.Reply.TimedOut(reason(), null);
                case BLOCKED -> new RpcCall.Reply.Blocked(reason());
                case OVERLOADED -> new RpcCall.Reply.Overloaded(reason(), retryAfter);
                case UNKNOWN -> new RpcCall.Reply.Unknown(reason());
                default -> throw new IOException("expected an answer of kind 1 to 7, found " + kind);
            };
        }

        private String reason() throws IOException {
            if (reason == null) {
                throw new IOException(
                        "expected field " + REASON + ", why, in an answer of kind " + kind + ", found none");
            }
            return reason;
        }

        private RpcCall.Reply answered(Outcome outcome) {
            return new RpcCall.Reply.Answered(outcome, invocation);
        }

        private Outcome.Response response() {
            return status == 0
                    ? null
                    : new Outcome.Response(status, hasHeaders ? headers : null, body, failure, metadata);
        }
    }
}
