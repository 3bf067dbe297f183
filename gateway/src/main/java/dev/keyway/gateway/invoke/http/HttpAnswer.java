package dev.keyway.gateway.invoke.http;

import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.EffectsException;
import dev.keyway.gateway.egress.EffectsReader;
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
    private final int maxEffects;
    private int status;
    private AnswerTable.Word word;
    private long retryAfterMillis = -1;
    private boolean effects;
    private boolean kept;
    private boolean answered;
    private MultiMap headers;
    private Buffer body;

    /** @param maxEffects records that an effects document may have */
    HttpAnswer(Exchange exchange, int maxEffects) {
        this.exchange = exchange;
        this.maxEffects = maxEffects;
    }

    @Override
    public void head(ResponseHead head) {
        status = head.status();
        word = AnswerTable.word(head.header(AnswerTable.KEYWAY_OUTCOME));
        if (status >= 300 || word != null) {
            retryAfterMillis = RetryAfter.millis(head.header(RetryAfter.NAME), System.currentTimeMillis());
        }
        // Only a completed call has effects.
        effects = status < 300 && word == null && AnswerTable.isEffects(head.header(AnswerTable.CONTENT_TYPE));
        answered = exchange.call().wantsResponse();
        kept = answered || effects;
        if (answered) {
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
        if (effects) {
            exchange.finish(withEffects());
            return;
        }
        Outcome.Response response = null;
        if (answered) {
            response = new Outcome.Response(status, headers, body, null);
        } else if (status >= 300 || word != null) {
            // Dead letters tell the status.
            response = new Outcome.Response(status, null, null, null);
        }
        exchange.finish(AnswerTable.outcome(status, word, false, retryAfterMillis, response));
    }

    /** The document is for Keyway; an RPC caller gets the rest of the answer. */
    private Outcome withEffects() {
        Effects found;
        try {
            found = EffectsReader.read(body == null ? new byte[0] : body.getBytes(), maxEffects);
        } catch (EffectsException e) {
            return Outcome.badEffects(e.getMessage());
        }
        if (headers != null) {
            headers.remove(AnswerTable.CONTENT_TYPE);
        }
        return Outcome.completed(answered ? new Outcome.Response(status, headers, null, null) : null, found);
    }
}
