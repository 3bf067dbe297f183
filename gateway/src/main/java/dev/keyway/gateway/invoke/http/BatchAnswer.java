package dev.keyway.gateway.invoke.http;

import dev.keyway.gateway.invoke.BatchCall;
import dev.keyway.gateway.invoke.Exchange;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.ResponseHead;
import dev.keyway.gateway.invoke.ResponseListener;
import dev.keyway.gateway.invoke.RetryAfter;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;

/**
 * Collects the answer to a batch. A 2xx with results gives each record its own; a 2xx without a body completes all; any
 * other answer is for all, by the {@link AnswerTable}. A 2xx with some other body may be results that were badly labelled,
 * so it completes nothing.
 */
final class BatchAnswer implements ResponseListener {
    private static final AsciiString RESULTS = AsciiString.cached("application/vnd.keyway.batch-results+json");
    private static final int LONGEST_SHOWN = 80;

    private final Exchange exchange;
    private final BatchCall batch;
    private final int maxEffects;
    private int status;
    private AnswerTable.Word word;
    private long retryAfterMillis = -1;
    private boolean effects;
    private boolean results;
    private String contentType;
    private ByteArrayOutputStream body;

    /** @param maxEffects records that the effects document of one record may have */
    BatchAnswer(Exchange exchange, BatchCall batch, int maxEffects) {
        this.exchange = exchange;
        this.batch = batch;
        this.maxEffects = maxEffects;
    }

    @Override
    public void head(ResponseHead head) {
        status = head.status();
        word = AnswerTable.word(head.header(AnswerTable.KEYWAY_OUTCOME));
        if (status >= 300 || word != null) {
            retryAfterMillis = RetryAfter.millis(head.header(RetryAfter.NAME), System.currentTimeMillis());
        }
        CharSequence type = head.header(AnswerTable.CONTENT_TYPE);
        effects = AnswerTable.isEffects(type);
        contentType = type == null ? null : type.toString();
        results = BatchForm.isJson(type)
                || type != null
                        && AsciiString.regionMatches(type, true, 0, RESULTS, 0, RESULTS.length())
                        && (type.length() == RESULTS.length() || " ;".indexOf(type.charAt(RESULTS.length())) >= 0);
    }

    @Override
    public void data(ByteBuf chunk) {
        if (status >= 300 || word != null || effects) {
            return;
        }
        if (body == null) {
            body = new ByteArrayOutputStream(Math.max(32, chunk.readableBytes()));
        }
        byte[] copy = new byte[chunk.readableBytes()];
        chunk.getBytes(chunk.readerIndex(), copy);
        body.write(copy, 0, copy.length);
    }

    @Override
    public void end() {
        if (status >= 300 || word != null || effects || body == null || body.size() == 0) {
            Outcome.Response response =
                    status >= 300 || word != null ? new Outcome.Response(status, null, null, null) : null;
            exchange.finish(AnswerTable.outcome(status, word, effects, retryAfterMillis, response));
        } else if (results) {
            batch.results(BatchResults.read(body.toByteArray(), batch.records(), status, maxEffects));
            exchange.finish(Outcome.COMPLETED);
        } else {
            exchange.finish(Outcome.retry(
                    Outcome.Fault.DEPLOYMENT,
                    "handler answered " + status + " with a body of "
                            + (contentType == null ? "no content-type" : "content-type " + shown())
                            + "; a batch is answered without a body, or with results as " + RESULTS));
        }
    }

    private String shown() {
        return contentType.length() > LONGEST_SHOWN ? contentType.substring(0, LONGEST_SHOWN) + "…" : contentType;
    }
}
