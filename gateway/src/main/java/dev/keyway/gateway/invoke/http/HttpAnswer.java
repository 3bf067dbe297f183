package dev.keyway.gateway.invoke.http;

import dev.keyway.gateway.invoke.Exchange;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.ResponseHead;
import dev.keyway.gateway.invoke.ResponseListener;
import dev.keyway.gateway.invoke.RetryAfter;
import io.netty.buffer.ByteBuf;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/** Collects one answer and gives it its meaning by the {@link AnswerTable}. */
final class HttpAnswer implements ResponseListener {
    private final Exchange exchange;
    private int status;
    private AnswerTable.Word word;
    private long retryAfterMillis = -1;
    private boolean effects;
    private boolean kept;
    private MultiMap headers;
    private Buffer body;

    HttpAnswer(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public void head(ResponseHead head) {
        status = head.status();
        word = AnswerTable.word(head.header(AnswerTable.KEYWAY_OUTCOME));
        if (status >= 300 || word != null) {
            retryAfterMillis = RetryAfter.millis(head.header(RetryAfter.NAME), System.currentTimeMillis());
        }
        effects = AnswerTable.isEffects(head.header(AnswerTable.CONTENT_TYPE));
        kept = exchange.call().wantsResponse() && !effects;
        if (kept) {
            headers = head.headers();
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        if (!kept) {
            return;
        }
        byte[] copy = new byte[chunk.readableBytes()];
        chunk.getBytes(chunk.readerIndex(), copy);
        if (body == null) {
            body = Buffer.buffer(copy);
        } else {
            body.appendBytes(copy);
        }
    }

    @Override
    public void end() {
        Outcome.Response response = null;
        if (kept) {
            response = new Outcome.Response(status, headers, body, null);
        } else if (status >= 300 || word != null) {
            // Dead letters tell the status.
            response = new Outcome.Response(status, null, null, null);
        }
        exchange.finish(AnswerTable.outcome(status, word, effects, retryAfterMillis, response));
    }
}
