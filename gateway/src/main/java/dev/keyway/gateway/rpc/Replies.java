package dev.keyway.gateway.rpc;

import dev.keyway.admin.model.Handler;
import dev.keyway.gateway.invoke.Outcome;
import io.vertx.core.buffer.Buffer;

/** Status and shape of every end of a call. */
final class Replies {
    private static final String INVOCATION_ID = "x-restate-id";

    private Replies() {}

    static void write(RpcAnswer answer, RpcCall.Reply reply, Handler handler) {
        if (reply instanceof RpcCall.Reply.Answered answered) {
            if (!answer.settled()) {
                answered(answer, answered, handler);
            }
        } else if (reply instanceof RpcCall.Reply.TimedOut timedOut) {
            answer.error(504, timedOut.text());
        } else if (reply instanceof RpcCall.Reply.Unsent unsent) {
            answer.error(unsent.status(), unsent.reason());
        } else if (reply instanceof RpcCall.Reply.Blocked blocked) {
            answer.error(503, blocked.reason());
        } else if (reply instanceof RpcCall.Reply.Overloaded overloaded) {
            answer.overloaded(overloaded.reason(), overloaded.retryAfterSeconds());
        } else if (reply instanceof RpcCall.Reply.Unknown unknown) {
            answer.notFound(unknown.reason());
        }
    }

    private static void answered(RpcAnswer answer, RpcCall.Reply.Answered answered, Handler handler) {
        Outcome outcome = answered.outcome();
        Outcome.Response response = outcome.response();
        if (answered.invocationId() != null) {
            answer.headers().set(INVOCATION_ID, answered.invocationId());
        }
        if (response != null && response.headers() != null) {
            PassedHeaders.ofAnswer(response.headers(), answer.headers());
            answer.write(response.status(), response.body());
        } else if (outcome.kind() == Outcome.Kind.COMPLETED) {
            Buffer body = response == null ? null : response.body();
            contentType(answer, handler.output(), body == null || body.length() == 0);
            answer.write(200, body);
        } else if (response != null && response.failureMessage() != null) {
            int code = response.status();
            answer.error(
                    code >= 400 && code <= 599 ? code : 500,
                    response.failureMessage(),
                    response.failureMetadata(),
                    RpcAnswer.INVOCATION);
        } else {
            answer.error(outcome.fault() == Outcome.Fault.DEPLOYMENT ? 502 : 500, outcome.reason());
        }
    }

    private static void contentType(RpcAnswer answer, Handler.Payload output, boolean emptyBody) {
        if (emptyBody && (output == null || !output.setContentTypeIfEmpty())) {
            return;
        }
        answer.headers()
                .set(
                        "content-type",
                        output == null || output.contentType() == null ? "application/json" : output.contentType());
    }
}
