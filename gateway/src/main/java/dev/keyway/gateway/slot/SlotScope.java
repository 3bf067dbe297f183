package dev.keyway.gateway.slot;

import dev.keyway.gateway.dispatch.CompletionSink;
import dev.keyway.gateway.dispatch.ServiceIds;
import dev.keyway.gateway.egress.Delivery;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.egress.Outflow;
import dev.keyway.gateway.invoke.statefun.FunctionTargets;
import dev.keyway.gateway.metrics.SourceMeters;
import dev.keyway.gateway.state.Slots;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What all slots of one source share. Any thread.
 *
 * @param source the source's id, for logs and dead letters
 * @param inbox name of the topic
 * @param functions the newest targets
 * @param handlers the newest handlers of services
 * @param ids numbers of mailbox owners
 * @param sink where runners report invocations of slots
 * @param home where the transactions live
 * @param limits see there
 * @param clock epoch milliseconds
 */
public record SlotScope(
        String source,
        String inbox,
        Slots slots,
        Supplier<FunctionTargets> functions,
        Handlers handlers,
        FailurePolicy.Source policies,
        Orders orders,
        ServiceIds ids,
        CompletionSink sink,
        Egresses egresses,
        Delivery.Home home,
        Outflow outflow,
        SourceMeters meters,
        SlotLimits limits,
        LongSupplier clock) {}
