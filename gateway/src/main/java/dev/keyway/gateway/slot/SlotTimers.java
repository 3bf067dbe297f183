package dev.keyway.gateway.slot;

import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.state.Changes;
import dev.keyway.gateway.state.Sealed;
import dev.keyway.gateway.state.Shard;
import dev.keyway.gateway.state.Timer;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a slot does by the clock: delayed messages go out when they are due, and expired states go. The slot's owner only. */
final class SlotTimers {
    private static final Logger LOG = LoggerFactory.getLogger(SlotTimers.class);
    private static final int FIRED = 500;
    private static final int SWEPT = 1_000;
    private static final long HIDDEN_MS = 20;
    private static final long SWEEP_MS = 10_000;
    private static final long LONGEST_SLEEP_MS = 60_000;

    private final Slot slot;
    private final SlotScope scope;
    private final SlotHost host;
    /** Timers whose message cannot be written; they stay where they are until the slot is restored. */
    private final Set<dev.keyway.gateway.state.record.RecordKey.Timer> stuck = new HashSet<>();

    private Shard shard;
    private long wakeAt = Long.MAX_VALUE;
    private long sweepAt;
    private boolean asking;
    private boolean waiting;
    private boolean ended;

    SlotTimers(Slot slot, SlotScope scope, SlotHost host) {
        this.slot = slot;
        this.scope = scope;
        this.host = host;
    }

    void begin(Shard restored) {
        shard = restored;
        sweepAt = scope.clock().getAsLong() + SWEEP_MS;
        look();
    }

    void end() {
        ended = true;
    }

    /** Timers may have come or gone. */
    void look() {
        if (ended || asking || slot.drains()) {
            return;
        }
        long now = scope.clock().getAsLong();
        long due = shard.nextDue();
        if (due <= now) {
            fire(now);
        } else if (due < wakeAt) {
            wakeAt = due;
            host.after(Math.min(LONGEST_SLEEP_MS, Math.max(1, due - now)), () -> {
                wakeAt = Long.MAX_VALUE;
                look();
            });
        }
    }

    private void fire(long now) {
        asking = true;
        shard.due(now, FIRED + stuck.size()).onComplete(due -> {
            asking = false;
            if (ended || slot.drains()) {
                return;
            }
            if (due.failed()) {
                slot.broken(due.cause());
                return;
            }
            List<SlotCompletion> fired = new ArrayList<>(due.result().size());
            for (Timer timer : due.result()) {
                if (!stuck.contains(timer.key())) {
                    fire(timer, fired);
                }
            }
            slot.complete(fired);
            if (!fired.isEmpty()) {
                look();
            } else if (due.result().isEmpty() && !waiting) {
                // Those that are on their way hide what comes behind them.
                waiting = true;
                host.after(HIDDEN_MS, () -> {
                    waiting = false;
                    look();
                });
            }
        });
    }

    private void fire(Timer timer, List<SlotCompletion> fired) {
        Future<Sealed> sealed = shard.seal(new Changes().fired(timer));
        if (sealed.failed()) {
            slot.broken(sealed.cause());
            return;
        }
        byte[] key = Envelope.key(timer.message().targetId());
        fired.add(new SlotCompletion(
                slot.part(),
                new long[0],
                0,
                0,
                sealed.result(),
                List.of(BatchEffects.record(scope, key, timer.message().message())),
                new SlotCompletion.Undo() {
                    @Override
                    public void refused(String reason) {
                        stuck.add(timer.key());
                        LOG.atError()
                                .addKeyValue("slot", slot.number())
                                .addKeyValue("sender", timer.message().sender())
                                .addKeyValue("cause", reason)
                                .log("A delayed message cannot be written to the inbox; it stays stored");
                    }

                    @Override
                    public void withdrawn() {
                        look();
                    }
                }));
    }

    /** Once in a while. */
    void tick() {
        long now = scope.clock().getAsLong();
        if (now < sweepAt) {
            return;
        }
        sweepAt = now + SWEEP_MS;
        shard.expired(now, SWEPT).onComplete(expired -> {
            if (ended || slot.drains()) {
                return;
            }
            if (expired.failed()) {
                slot.broken(expired.cause());
            } else if (!expired.result().isEmpty()) {
                sweep(expired.result());
            }
        });
    }

    private void sweep(Changes changes) {
        Future<Sealed> sealed = shard.seal(changes);
        if (sealed.failed()) {
            slot.broken(sealed.cause());
            return;
        }
        slot.complete(List.of(new SlotCompletion(
                slot.part(), new long[0], 0, 0, sealed.result(), List.of(), new SlotCompletion.Undo() {
                    @Override
                    public void refused(String reason) {
                        LOG.atWarn()
                                .addKeyValue("slot", slot.number())
                                .addKeyValue("cause", reason)
                                .log("Expired states are not removed yet");
                    }

                    @Override
                    public void withdrawn() {}
                })));
    }
}
