package dev.keyway.gateway.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.Expiration;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.StateValue;
import dev.keyway.gateway.state.store.MemoryStore;
import dev.keyway.gateway.state.store.Position;
import dev.keyway.gateway.state.store.Store;
import dev.keyway.gateway.state.store.StoreException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ShardTest {
    private static final Uuid TOPIC = new Uuid(7, 7);
    private static final Address A = new Address("f/a", "1");
    private static final Address SAME_ID = new Address("f/b", "1");
    private static final Address OTHER = new Address("f/a", "2");
    private static final RecordKey.Dedup ORIGIN = new RecordKey.Dedup("source", TOPIC, 0, 0, 0);

    private final MemoryStore store = new MemoryStore();
    private SteppedLane lane = new SteppedLane(store);
    private Shard shard = shard(store, new ShardLimits(10_000, 10, 10));
    private long offset;

    private Shard shard(Store of, ShardLimits limits) {
        lane = new SteppedLane(of);
        Position position = of.position() == null ? new Position(TOPIC, 0, 0, 0) : of.position();
        return new Shard(0, "changelog", position, lane, limits);
    }

    private Turn open(Address address) {
        Future<List<Turn>> opened = shard.open(List.of(address), 100);
        lane.drain();
        return opened.result().get(0);
    }

    private Sealed seal(Turn turn, Changes changes) {
        Future<Sealed> sealed = shard.seal(turn, changes);
        lane.drain();
        assertThat(sealed.cause()).isNull();
        return sealed.result();
    }

    private void commit(Sealed... all) {
        for (Sealed sealed : all) {
            offset += sealed.records().size();
        }
        shard.committed(List.of(all), offset + 1, 100);
        lane.drain();
    }

    private static StateValue value(int number) {
        return StateValue.written("t", new byte[] {(byte) number}, Expiration.NONE, 0);
    }

    private Sealed set(Address address, int number) {
        return seal(open(address), new Changes().set(address, "x", value(number)));
    }

    @Test
    void everyAttemptOfATurnSeesTheStatesOfItsStart() {
        commit(set(A, 1));
        Turn turn = open(A);

        Sealed swept = shard.seal(new Changes().delete(A, "x")).result();
        commit(swept);

        assertThat(turn.states()).containsEntry("x", value(1));
        shard.discard(turn);
        assertThat(open(A).states()).isEmpty();
    }

    @Test
    void theNextTurnSeesWhatIsNotCommittedYetAndTheStoreDoesNot() {
        Sealed first = set(A, 1);

        assertThat(open(A).states()).containsEntry("x", value(1));
        assertThat(store.position()).isNull();
        assertThat(first.records()).hasSize(1);
    }

    @Test
    void changesThatAreGivenUpTakeWithThemWhatWasComputedFromThemAndNothingElse() {
        Sealed first = set(A, 1);
        Sealed other = set(OTHER, 1);
        Sealed second = set(A, 2);
        Turn third = open(A);

        List<Sealed> dropped = shard.drop(first);

        assertThat(dropped).containsExactly(first, second);
        assertThat(third.stale()).isTrue();
        Future<Sealed> late = shard.seal(third, new Changes());
        assertThat(late.cause()).hasMessage("the turn of f/a/1 has seen changes that were dropped; it must begin anew");
        shard.discard(third);
        assertThat(open(A).states()).isEmpty();
        commit(other);
    }

    @Test
    void changesAreWrittenWithTheChangelogsOffsetInOneWrite() {
        commit(set(A, 1), set(OTHER, 1));

        assertThat(store.position().offset()).isEqualTo(3);
        assertThat(store.position().topicId()).isEqualTo(TOPIC);
    }

    @Test
    void committingALaterChangeBeforeAnEarlierOneIsRefused() {
        set(A, 1);
        Sealed second = set(A, 2);

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> commit(second))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("slot 0: changes are committed before earlier ones of the same record,"
                        + " State[address=f/a/1, name=x]");
    }

    @Test
    void aTokenIsSharedByAllTypesOfAnIdAndByNoOtherId() {
        seal(open(A), new Changes().delay(500, A, "t", A.id(), ShardProperties.message(1)));

        Future<Sealed> sameId =
                shard.seal(open(SAME_ID), new Changes().delay(500, SAME_ID, "t", A.id(), ShardProperties.message(2)));
        Future<Sealed> otherId =
                shard.seal(open(OTHER), new Changes().delay(500, OTHER, "t", A.id(), ShardProperties.message(3)));
        lane.drain();

        assertThat(sameId.cause())
                .hasMessage(
                        "a delayed message with the cancellation token 't' is pending for id '1'; cancel it first or"
                                + " use another token");
        assertThat(otherId.succeeded()).isTrue();
    }

    @Test
    void sendAndCancelInOneAnswerLeavesNothingAndAnUnknownTokenIsNoFailure() {
        Sealed sealed = seal(
                open(A),
                new Changes()
                        .cancel("1", "unknown")
                        .delay(500, A, "t", A.id(), ShardProperties.message(1))
                        .cancel("1", "t"));

        assertThat(sealed.records()).isEmpty();
    }

    @Test
    void timersOfOneTimeKeepTheOrderInWhichTheyWereSetAndFireOnceCommitted() {
        Changes changes = new Changes();
        for (int i = 0; i < 5; i++) {
            changes.delay(500, A, "", A.id(), ShardProperties.message(i));
        }
        Sealed sealed = seal(open(A), changes);
        assertThat(due(1000)).isEmpty();

        commit(sealed);

        assertThat(due(499)).isEmpty();
        assertThat(due(500))
                .extracting(timer -> timer.message().message()[0])
                .containsExactly((byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
        assertThat(shard.nextDue()).isEqualTo(500);
    }

    private List<Timer> due(long now) {
        Future<List<Timer>> due = shard.due(now, 100);
        lane.drain();
        return due.result();
    }

    /** Inbox: 0 is offset 10 and slow, 1 is offset 11 and done. */
    @Test
    void aRecordThatHadNotFinishedIsNoRepetitionAfterARestart() {
        admit(10, 0);
        admit(11, 1);
        // The first has not finished: inbox offset 0 is committed, and 1 as done in the metadata.
        assertThat(shard.marks(0)).isNull();

        shard = shard(store, new ShardLimits(10_000, 10, 10));

        assertThat(admit(10, 0)).isTrue();
        assertThat(admit(11, 1)).isTrue();
        commit(shard.marks(2));
        shard = shard(store, new ShardLimits(10_000, 10, 10));
        assertThat(admit(10, 2)).as("forwarded once more").isFalse();
        assertThat(admit(12, 3)).isTrue();
    }

    private boolean admit(long of, long inboxOffset) {
        Future<List<Boolean>> accepted = shard.admit(List.of(new Arrival(ORIGIN, of, inboxOffset)));
        lane.drain();
        return accepted.result().get(0);
    }

    @Test
    void arrivalsAreJudgedInTheirOrderHoweverSlowTheStoreIs() {
        List<List<Boolean>> answers = new ArrayList<>();
        RecordKey.Dedup second = new RecordKey.Dedup("source", TOPIC, 1, 0, 0);

        shard.admit(List.of(new Arrival(ORIGIN, 5, 0), new Arrival(second, 5, 1)))
                .onSuccess(answers::add);
        shard.admit(List.of(new Arrival(ORIGIN, 5, 2))).onSuccess(answers::add);
        lane.drain();

        assertThat(answers).containsExactly(List.of(true, true), List.of(false));
    }

    @Test
    void theHeapHoldsAWindowOfTimersAndABoundedCache() {
        ShardLimits limits = new ShardLimits(5_000, 10, 10);
        shard = shard(store, limits);
        for (int i = 0; i < 2_000; i++) {
            Address address = new Address("f/a", "id-" + i);
            commit(seal(
                    open(address),
                    new Changes()
                            .set(address, "x", value(1))
                            .delay(10_000 - i, address, "t", address.id(), ShardProperties.message(i))));
            assertThat(shard.cachedBytes()).isLessThanOrEqualTo(limits.cacheBytes());
            assertThat(shard.onHeap()).isLessThanOrEqualTo(2 * limits.timers());
        }

        assertThat(due(Long.MAX_VALUE).get(0).key().dueMillis()).isEqualTo(8_001);
    }

    @Test
    void aPageOfABacklogIsBoundedInBytesAndTheNextOneGoesOnBehindIt() {
        Changes changes = new Changes();
        for (int i = 0; i < 5; i++) {
            changes.enqueue(A, new byte[Backlogs.PAGE_BYTES / 2]);
        }
        Future<Sealed> sealed = shard.seal(changes);
        commit(sealed.result());

        List<Integer> pages = new ArrayList<>();
        long after = -1;
        for (List<Queued> page = backlog(after); !page.isEmpty(); page = backlog(after)) {
            pages.add(page.size());
            after = page.get(page.size() - 1).key().sequence();
        }

        assertThat(pages).containsExactly(2, 2, 1);
    }

    private List<Queued> backlog(long after) {
        Future<List<Queued>> read = shard.backlog(A, after, 500);
        lane.drain();
        return read.result();
    }

    @Test
    void aStoreThatFailsEndsTheShardAndSaysWhy() {
        Store failing = new MemoryStore() {
            @Override
            public void write(List<dev.keyway.gateway.state.store.Entry> batch, Position at) {
                throw new StoreException("the store in /x cannot be written: disk full", null);
            }
        };
        shard = shard(failing, new ShardLimits(10_000, 10, 10));

        Future<Void> written = shard.committed(List.of(set(A, 1)), 1, 100);
        lane.drain();

        assertThat(written.cause()).hasMessage("the store in /x cannot be written: disk full");
        assertThat(shard.failure()).isSameAs(written.cause());
        // What is committed stays visible.
        assertThat(open(A).states()).containsEntry("x", value(1));
    }

    @Test
    void statesThatExpireAfterUseLiveOnWithEveryTurnAndOthersDoNot() {
        Expiration afterInvoke = new Expiration(Expiration.Mode.AFTER_INVOKE, 50);
        Expiration afterWrite = new Expiration(Expiration.Mode.AFTER_WRITE, 50);
        commit(seal(
                open(A),
                new Changes()
                        .set(A, "used", StateValue.written("t", new byte[1], afterInvoke, 60))
                        .set(A, "written", StateValue.written("t", new byte[1], afterWrite, 60))));

        Sealed second = seal(open(A), new Changes());

        assertThat(second.records()).as("the deadline of 'used' moves").hasSize(1);
        commit(second);
        Future<List<Turn>> later = shard.open(List.of(A), 120);
        assertThat(later.result().get(0).states()).containsOnlyKeys("used");
    }
}
