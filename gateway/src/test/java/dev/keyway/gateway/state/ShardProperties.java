package dev.keyway.gateway.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.Expiration;
import dev.keyway.gateway.state.record.StateValue;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A shard against maps and lists, under any order of turns, commits, drops, store work, answers and restarts. */
class ShardProperties {

    @Property(tries = 600)
    void agreesWithANaiveModelAndHoldsNothingInTheEnd(@ForAll("histories") List<Step> history) {
        ShardModel model = new ShardModel();
        for (Step step : history) {
            step.run(model);
            model.verify();
        }
        model.settle();
    }

    /** One thing that happens. */
    interface Step {
        void run(ShardModel model);
    }

    private record Named(String name, Step step) implements Step {
        @Override
        public void run(ShardModel model) {
            step.run(model);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Address> ADDRESSES =
            List.of(new Address("f/a", "1"), new Address("f/b", "1"), new Address("f/a", "2"), new Address("f/a", ""));

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Address> address = Arbitraries.of(ADDRESSES);
        Arbitrary<Integer> any = Arbitraries.integers().between(0, 9);
        Arbitrary<Step> open = address.map(a -> new Named("open " + a, model -> model.open(a)));
        Arbitrary<Step> seal = Combinators.combine(address, effects())
                .as((a, effects) -> new Named("seal " + a + " " + effects, model -> model.seal(a, effects)));
        Arbitrary<Step> call = Combinators.combine(address, effects())
                .as((a, effects) -> new Named("call " + a + " " + effects, model -> model.call(a, effects)));
        Arbitrary<Step> discard = address.map(a -> new Named("discard " + a, model -> model.discard(a)));
        Arbitrary<Step> commit = any.map(n -> new Named("commit " + n, model -> model.commit(n)));
        Arbitrary<Step> drop = any.map(n -> new Named("drop " + n, model -> model.drop(n)));
        Arbitrary<Step> time = any.map(n -> new Named("time " + n, model -> model.pass(n)));
        Arbitrary<Step> fire = any.map(n -> new Named("fire " + n, model -> model.fire(n)));
        Arbitrary<Step> backlog = address.map(a -> new Named("backlog " + a, model -> model.backlog(a)));
        Arbitrary<Step> consume = address.map(a -> new Named("consume " + a, model -> model.consume(a)));
        Arbitrary<Step> admit = Combinators.combine(any, any)
                .as((o, n) -> new Named("admit " + o + " from " + n, model -> model.admit(o % 2, n)));
        Arbitrary<Step> plain = Arbitraries.of(
                new Named("work", ShardModel::work),
                new Named("work", ShardModel::work),
                new Named("answer", ShardModel::answer),
                new Named("answer", ShardModel::answer),
                new Named("sweep", ShardModel::sweep),
                new Named("restart", model -> model.restart(false)),
                new Named("restart elsewhere", model -> model.restart(true)));
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(2, open),
                        net.jqwik.api.Tuple.of(2, seal),
                        net.jqwik.api.Tuple.of(5, call),
                        net.jqwik.api.Tuple.of(1, discard),
                        net.jqwik.api.Tuple.of(3, commit),
                        net.jqwik.api.Tuple.of(2, drop),
                        net.jqwik.api.Tuple.of(1, time),
                        net.jqwik.api.Tuple.of(4, fire),
                        net.jqwik.api.Tuple.of(2, backlog),
                        net.jqwik.api.Tuple.of(1, consume),
                        net.jqwik.api.Tuple.of(2, admit),
                        net.jqwik.api.Tuple.of(6, plain))
                .list()
                .ofMinSize(5)
                .ofMaxSize(70);
    }

    /** What an invocation asks for. */
    sealed interface Effect {
        record Set(String name, int value, Expiration expiration) implements Effect {}

        record Delete(String name) implements Effect {}

        record Delay(int millis, String token) implements Effect {}

        record Cancel(String token) implements Effect {}

        record Enqueue(int to) implements Effect {}
    }

    private static Arbitrary<List<Effect>> effects() {
        Arbitrary<String> names = Arbitraries.of("x", "y");
        Arbitrary<String> tokens = Arbitraries.of("t", "u");
        Arbitrary<Integer> small = Arbitraries.integers().between(0, 9);
        Arbitrary<Expiration> expirations = Arbitraries.of(
                Expiration.NONE,
                new Expiration(Expiration.Mode.AFTER_WRITE, 5),
                new Expiration(Expiration.Mode.AFTER_INVOKE, 5));
        return Arbitraries.<Effect>oneOf(
                        Combinators.combine(names, small, expirations).as(Effect.Set::new),
                        names.map(Effect.Delete::new),
                        Combinators.combine(small, Arbitraries.oneOf(tokens, Arbitraries.just("")))
                                .as(Effect.Delay::new),
                        tokens.map(Effect.Cancel::new),
                        small.map(Effect.Enqueue::new))
                .list()
                .ofMaxSize(4);
    }

    static byte[] message(int number) {
        return new byte[] {(byte) number};
    }

    static StateValue value(int number, Expiration expiration, long now) {
        return StateValue.written("t", new byte[] {(byte) number}, expiration, now);
    }

    static void same(Object found, Object wanted, String what) {
        assertThat(found).as(what).isEqualTo(wanted);
    }
}
