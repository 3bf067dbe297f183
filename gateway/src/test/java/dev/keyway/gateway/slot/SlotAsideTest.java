package dev.keyway.gateway.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Many addresses in trouble: their messages are in the store, a few of them in memory. */
class SlotAsideTest {
    private static final int ADDRESSES = 1_000;
    /** Those that stay in hand, as the limits of the model say, and as many as are taken up at once. */
    private static final int IN_MEMORY = 3 + 100;

    private final SlotModel model = new SlotModel();

    private void produce() {
        for (int i = 0; i < ADDRESSES; i++) {
            model.produce(0, "bad" + i, "-");
            model.produce(1, "bad" + i, "-");
        }
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            model.round();
            model.troubleAllBut("good");
            model.resolve(0, 0);
            model.refresh();
            model.tick(false);
            model.pass(100);
        }
    }

    @Test
    void theHeapDoesNotGrowWithThemAndOthersGoOn() {
        produce();
        model.restore();

        rounds(200);
        model.produce(0, "good", "-");
        rounds(300);

        assertThat(model.passedAll()).as("the slot's offset").isTrue();
        assertThat(model.output).containsExactly("good|s0-" + ADDRESSES + "|1");
        assertThat(model.addresses()).isBetween(1, IN_MEMORY);
        assertThat(model.held()).as("records that count").isLessThanOrEqualTo(2 * IN_MEMORY);
    }

    @Test
    void allOfThemAreHandledOnceTheTroubleIsOver() {
        produce();
        model.restore();
        rounds(200);

        for (int i = 0; i < 3_000 && model.output.size() < 2 * ADDRESSES; i++) {
            model.round();
            for (int landed = 0; landed < 200; landed++) {
                model.land(0, 100, false);
            }
            model.resolve(0, 0);
            model.refresh();
            model.tick(false);
            model.pass(100);
        }

        assertThat(model.output).hasSize(2 * ADDRESSES).doesNotHaveDuplicates();
        model.finish(new SplittableRandom(1));
    }

    @Test
    void aNewOwnerTakesThemUpAFewAtATime() {
        produce();
        model.restore();
        rounds(200);

        model.restart(true, true);
        model.restore();
        rounds(300);

        assertThat(model.addresses()).isBetween(1, IN_MEMORY);
    }
}
