package dev.keyway.sdkservices;

import dev.restate.sdk.WorkflowContext;
import dev.restate.sdk.annotation.Workflow;
import dev.restate.sdk.common.DurablePromiseKey;

@Workflow
public class JavaFlow {
    private static final DurablePromiseKey<String> PAID = DurablePromiseKey.of("paid", String.class);

    @Workflow
    public String run(WorkflowContext ctx) {
        return ctx.promise(PAID).future().await();
    }
}
