package dev.keyway.gateway.source;

import dev.keyway.gateway.dispatch.ServiceIds;
import dev.keyway.gateway.invoke.statefun.FunctionTargets;
import dev.keyway.gateway.slot.FailurePolicy;
import dev.keyway.gateway.slot.Handlers;
import dev.keyway.gateway.slot.SlotLimits;
import dev.keyway.gateway.state.InternalTopics;
import dev.keyway.gateway.state.Shards;
import dev.keyway.gateway.state.Slots;
import java.util.function.Supplier;

/**
 * How the source of the inbox runs its slots.
 *
 * @param topics as they were found
 * @param trim asked on workers
 * @param functions the newest targets; any thread
 * @param handlers the newest handlers of services; any thread
 */
record SlotWay(
        Slots slots,
        Shards shards,
        InternalTopics.Found topics,
        InternalTopics trim,
        Supplier<FunctionTargets> functions,
        Handlers handlers,
        FailurePolicy.Source policies,
        ServiceIds ids,
        SlotLimits limits) {}
