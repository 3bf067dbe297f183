package dev.keyway.gateway.source;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.OnTerminal;
import dev.keyway.gateway.fixture.LongForm;
import dev.keyway.gateway.invoke.Outcome;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * Any history of a source against a naive oracle: assignments that come, go and are lost, a sleeping process, a network
 * that is cut, answers of every kind, pauses, seeks, operators, retention. Long form: {@code -Dkeyway.model=long}.
 */
class SourceModelProperties {
    private static Level before;

    /** What happens. */
    enum Kind {
        PRODUCE,
        GAP,
        CUT_LOG,
        POLL,
        RUN,
        BEGIN,
        LAND,
        LETTER,
        ADVANCE,
        FREEZE,
        TICK,
        NETWORK,
        CUT,
        HEAL,
        ASSIGN,
        REVOKE,
        OTHER,
        PAUSE,
        RESUME,
        SEEK,
        ACT
    }

    record Step(Kind kind, int a, int b) {
        @Override
        public String toString() {
            return kind + "(" + a + "," + b + ")";
        }
    }

    @BeforeContainer
    static void quiet() {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.keyway.gateway.source");
        before = logger.getLevel();
        logger.setLevel(Level.OFF);
    }

    @AfterContainer
    static void loud() {
        ((Logger) LoggerFactory.getLogger("dev.keyway.gateway.source")).setLevel(before);
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(12, Kind.PRODUCE),
                Tuple.of(1, Kind.GAP),
                Tuple.of(1, Kind.CUT_LOG),
                Tuple.of(14, Kind.POLL),
                Tuple.of(20, Kind.RUN),
                Tuple.of(14, Kind.BEGIN),
                Tuple.of(18, Kind.LAND),
                Tuple.of(4, Kind.LETTER),
                Tuple.of(7, Kind.ADVANCE),
                Tuple.of(2, Kind.FREEZE),
                Tuple.of(8, Kind.TICK),
                Tuple.of(7, Kind.NETWORK),
                Tuple.of(1, Kind.CUT),
                Tuple.of(2, Kind.HEAL),
                Tuple.of(5, Kind.ASSIGN),
                Tuple.of(4, Kind.REVOKE),
                Tuple.of(2, Kind.OTHER),
                Tuple.of(1, Kind.PAUSE),
                Tuple.of(2, Kind.RESUME),
                Tuple.of(1, Kind.SEEK),
                Tuple.of(2, Kind.ACT));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 59),
                        Arbitraries.integers().between(0, 11))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(160);
    }

    @Property(tries = 1_000, seed = "-4427668115737642152")
    @LongForm(property = "keyway.model", tries = 100_000)
    void everyRuleHoldsInAnyHistory(
            @ForAll("histories") List<Step> history, @ForAll OnFailure onFailure, @ForAll OnTerminal onTerminal) {
        try (SourceModel model = new SourceModel(onFailure, onTerminal)) {
            for (Step step : history) {
                apply(model, step);
            }
            model.finish();
        }
    }

    /** The partition began before the source knew of the seek, so the poll thread alone knows that it has begun anew. */
    @Example
    void anOfferFromBeforeASeekNeverOverwritesThePositionOfTheSeek() {
        try (SourceModel model = new SourceModel(OnFailure.PAUSE, OnTerminal.PAUSE)) {
            model.produce(0, 5);
            model.seek(1, 0);
            model.poll();
            model.begin(0, 2);
            model.land(0, Outcome.COMPLETED);
            model.run(100, 0);
            model.tick();
            model.run(1, 0);
            model.poll();
            model.network();
            model.finish();
        }
    }

    private static void apply(SourceModel model, Step step) {
        int a = step.a();
        int b = step.b();
        switch (step.kind()) {
            case PRODUCE -> model.produce(a, 1 + b % 5);
            case GAP -> model.gap(a, 1 + b);
            case CUT_LOG -> model.cut(a, 1 + b);
            case POLL -> model.poll();
            case RUN -> model.run(1 + a, b);
            case BEGIN -> model.begin(a, 1 + b);
            case LAND -> model.land(a, outcome(b));
            case LETTER -> model.letter(a, b > 4);
            case ADVANCE -> model.advance(1 + a * 20L);
            case FREEZE -> model.freeze(200 * (1L + a));
            case TICK -> model.tick();
            case NETWORK -> model.network();
            case CUT -> model.networkCut(true);
            case HEAL -> model.networkCut(false);
            case ASSIGN -> model.assign(a);
            case REVOKE -> model.revoke(a, b);
            case OTHER -> model.other(a, b, a % 2 == 0);
            case PAUSE -> model.desire(true);
            case RESUME -> model.desire(false);
            case SEEK -> model.seek(b, a);
            case ACT -> model.act(a, b % 2 == 0);
        }
    }

    private static Outcome outcome(int which) {
        return switch (which) {
            case 0, 1 -> Outcome.retry(Outcome.Fault.RECORD, "handler answered 500");
            case 2 -> Outcome.retry(Outcome.Fault.DEPLOYMENT, "handler answered 404");
            case 3 -> Outcome.unprocessed("refused");
            case 4 -> new Outcome(Outcome.Kind.TERMINAL, Outcome.Fault.RECORD, "handler answered 400", -1, null);
            case 5 -> new Outcome(Outcome.Kind.DEAD_LETTER, Outcome.Fault.RECORD, "handler said so", -1, null);
            case 6 -> new Outcome(Outcome.Kind.DISCARD, Outcome.Fault.RECORD, "handler said so", -1, null);
            default -> Outcome.COMPLETED;
        };
    }
}
