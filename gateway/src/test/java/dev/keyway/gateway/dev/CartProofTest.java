package dev.keyway.gateway.dev;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CartProofTest {
    private final CartProof proof = new CartProof(new CartOrders(List.of(), Map.of("lamp", 5), Map.of("anna", 2)));

    @Test
    void allReceiptsInOrderAndEveryUnitAccountedFor_isProven() {
        stock(5);
        stock(2);
        receipt(1, 3);
        assertThat(proof.complete()).isFalse();
        receipt(2, 0);

        assertThat(proof.complete()).isTrue();
        assertThat(proof.faults()).isEmpty();
    }

    @Test
    void repeatedReceipt_isAFault() {
        stock(2);
        receipt(1, 3);
        receipt(1, 3);
        receipt(2, 0);

        assertThat(proof.faults())
                .contains("receipt 1 of anna came where 2 was due", "5 of lamp were delivered, 8 are sold or in stock");
    }

    @Test
    void missingReceipt_isAFault() {
        stock(2);
        receipt(2, 3);

        assertThat(proof.faults()).containsExactly("receipt 2 of anna came where 1 was due");
    }

    @Test
    void lostUnit_isAFault() {
        stock(1);
        receipt(1, 3);
        receipt(2, 0);

        assertThat(proof.faults()).containsExactly("5 of lamp were delivered, 4 are sold or in stock");
    }

    @Test
    void stockBelowZero_isAFault() {
        stock(-1);
        receipt(1, 6);
        receipt(2, 0);

        assertThat(proof.faults()).containsExactly("stock of lamp fell to -1");
    }

    @Test
    void ordersOfOneSeed_areTheSameAndEndWithACheckoutOfEveryUser() {
        CartOrders orders = CartOrders.of(7, 3, 4);

        assertThat(orders).isEqualTo(CartOrders.of(7, 3, 4));
        assertThat(orders.checkouts()).isEqualTo(Map.of("user-1", 4, "user-2", 4, "user-3", 4));
        assertThat(orders.restocked().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .isEqualTo(orders.records().stream()
                        .filter(line -> line.topic().equals(CartOrders.RESTOCKS))
                        .mapToInt(line -> new JsonObject(line.value()).getInteger("quantity"))
                        .sum());
    }

    private void stock(int level) {
        proof.stock("lamp", new JsonObject().put("stock", level));
    }

    private void receipt(int number, int lamps) {
        proof.receipt("anna", new JsonObject().put("number", number).put("items", new JsonObject().put("lamp", lamps)));
    }
}
