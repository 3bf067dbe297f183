package dev.keyway.codecs.restate;

import java.io.IOException;

/** Names an invocation; {@code null} in a message that names none. */
public sealed interface InvocationTarget {

    record ById(String invocationId) implements InvocationTarget {}

    /** @param serviceKey {@code null} for a service without keys */
    record ByIdempotencyKey(String serviceName, String serviceKey, String handlerName, String idempotencyKey)
            implements InvocationTarget {}

    record ByWorkflow(String workflowName, String workflowKey) implements InvocationTarget {}

    static InvocationTarget read(Fields in) throws IOException {
        if (in.has(4)) {
            Fields target = in.message(4, 0);
            return new ByWorkflow(target.string(1), target.string(2));
        }
        if (in.has(3)) {
            Fields target = in.message(3, 0);
            return new ByIdempotencyKey(target.string(1), target.optionalString(2), target.string(3), target.string(4));
        }
        return in.has(1) ? new ById(in.string(1)) : null;
    }

    static void write(FieldWriter out, InvocationTarget target) {
        if (target instanceof ById by) {
            out.optionalString(1, by.invocationId());
        } else if (target instanceof ByIdempotencyKey by) {
            out.message(3, nested -> {
                nested.string(1, by.serviceName());
                nested.optionalString(2, by.serviceKey());
                nested.string(3, by.handlerName());
                nested.string(4, by.idempotencyKey());
            });
        } else if (target instanceof ByWorkflow by) {
            out.message(4, nested -> {
                nested.string(1, by.workflowName());
                nested.string(2, by.workflowKey());
            });
        }
    }
}
