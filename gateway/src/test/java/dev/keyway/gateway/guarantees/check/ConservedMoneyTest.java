package dev.keyway.gateway.guarantees.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.guarantees.journal.Emission;
import dev.keyway.gateway.guarantees.journal.Payments;
import dev.keyway.gateway.guarantees.journal.Payments.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConservedMoneyTest {
    private final Payments payments = new Payments()
            .add(Kind.DEPOSIT, null, "a", 1_000)
            .add(Kind.DEPOSIT, null, "b", 2_000)
            .add(Kind.AT_ONCE, "a", "b", 1)
            .add(Kind.DELAYED, "b", "a", 2)
            .add(Kind.CANCELLED, "a", "b", 3)
            .add(Kind.RACED, "b", "a", 4);
    private final List<Emission> emitted = new ArrayList<>();

    private ConservedMoneyTest balances(String account, long... balances) {
        for (long balance : balances) {
            emitted.add(new Emission(account, account + ":" + balance, 0, emitted.size()));
        }
        return this;
    }

    private List<String> violations() {
        return ConservedMoney.judge(payments, emitted).violations();
    }

    @Test
    void acceptsWholePaymentsWhoeverWonTheRace() {
        balances("a", 1_000, 999, 1_001).balances("b", 2_000, 2_001, 1_999);
        assertThat(violations()).isEmpty();
        balances("a", 1_005).balances("b", 1_995);
        assertThat(violations()).isEmpty();
    }

    @Test
    void rejectsATransferThatWasLostOnItsWay() {
        balances("a", 1_000, 999, 1_001).balances("b", 2_000, 1_998);
        assertThat(violations())
                .containsExactly("taken and lost: 1 AT_ONCE a -> b", "the accounts hold 2999 and 3000 was deposited");
    }

    @Test
    void rejectsATransferThatArrivesTwice() {
        balances("a", 1_000, 999, 1_001).balances("b", 2_000, 2_001, 2_002, 2_000);
        assertThat(violations())
                .containsExactly(
                        "arrived a second time: 1 AT_ONCE a -> b, 'b:2002' at 0@5",
                        "the accounts hold 3001 and 3000 was deposited");
    }

    @Test
    void rejectsATransferThatNeverMoved() {
        balances("a", 1_000, 1_002).balances("b", 2_000, 1_998);
        assertThat(violations()).containsExactly("never moved: 1 AT_ONCE a -> b");
    }

    @Test
    void rejectsACancelledTransferThatMoved() {
        balances("a", 1_000, 999, 1_001, 998).balances("b", 2_000, 2_001, 1_999, 2_002);
        assertThat(violations()).containsExactly("moved although it was taken back: 3 CANCELLED a -> b");
    }

    @Test
    void rejectsAnOutputThatIsMissingOrRepeated() {
        balances("a", 1_000, 1_001).balances("b", 2_000, 2_001, 2_001, 1_999);
        assertThat(violations())
                .contains(
                        "arrived and never taken: 1 AT_ONCE a -> b", "account b says the same again: 'b:2001' at 0@4");
    }

    @Test
    void rejectsAStateThatWentBack() {
        balances("a", 1_000, 999, 1_002).balances("b", 2_000, 2_001, 1_999);
        assertThat(violations())
                .contains("account a changes by 3, which nobody asked of it, from 999 to 'a:1002' at 0@2");
    }
}
