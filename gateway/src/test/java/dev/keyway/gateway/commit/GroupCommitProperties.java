package dev.keyway.gateway.commit;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever happens to transactions, partitions and the membership: nothing is lost, nothing is written twice. */
class GroupCommitProperties {

    enum Kind {
        OWN,
        DELIVER,
        DONE,
        DONE_WHEN_HEARD,
        MOVED,
        TICK,
        ADVANCE,
        RUN,
        POLL_THREAD,
        END,
        LOSE,
        REVOKE
    }

    record Step(Kind kind, int a, int b) {
        @Override
        public String toString() {
            return kind + "(" + a + "," + b + ")";
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(8, Kind.OWN),
                Tuple.of(10, Kind.DELIVER),
                Tuple.of(16, Kind.DONE),
                Tuple.of(6, Kind.DONE_WHEN_HEARD),
                Tuple.of(2, Kind.MOVED),
                Tuple.of(3, Kind.TICK),
                Tuple.of(8, Kind.ADVANCE),
                Tuple.of(12, Kind.RUN),
                Tuple.of(4, Kind.POLL_THREAD),
                Tuple.of(14, Kind.END),
                Tuple.of(2, Kind.LOSE),
                Tuple.of(4, Kind.REVOKE));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 30),
                        Arbitraries.integers().between(0, 30))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(120);
    }

    @Property(tries = 2_000, seed = "-1912864679096348637")
    void everyCommitHoldsTheEffectsOfExactlyTheRecordsThatItsOffsetsCover(@ForAll("histories") List<Step> history) {
        GroupCommitModel model = new GroupCommitModel();
        for (Step step : history) {
            apply(model, step.kind(), step.a(), step.b());
        }
        model.finish();
    }

    private static void apply(GroupCommitModel model, Kind kind, int a, int b) {
        switch (kind) {
            case OWN -> model.own(a);
            case DELIVER -> model.deliver(a, 1 + b % 4);
            case DONE -> model.done(a, b, 1 + b % 5);
            case DONE_WHEN_HEARD -> model.doneWhenHeard(a, b, 1 + b % 5);
            case MOVED -> model.moved(a);
            case TICK -> model.tick();
            case ADVANCE -> model.advance(1 + 5L * a);
            case RUN -> model.run();
            case POLL_THREAD -> model.pollThread();
            case END -> model.end(a);
            case LOSE -> model.lose(a);
            case REVOKE -> model.revoke(a, b);
        }
    }
}
