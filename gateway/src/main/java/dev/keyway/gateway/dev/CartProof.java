package dev.keyway.gateway.dev;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds what the shop's functions wrote against what was written to them: each user's receipts are numbered from 1 to the
 * number of checkouts without a gap or a repeat, stock is never negative, and what was delivered was sold or is in stock.
 * One thread.
 */
final class CartProof {
    private final CartOrders orders;
    private final Map<String, Integer> receipts = new HashMap<>();
    private final Map<String, Integer> sold = new HashMap<>();
    private final Map<String, Integer> stock = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private int count;

    CartProof(CartOrders orders) {
        this.orders = orders;
    }

    /** Takes a record of topic {@code receipts}, in the order of the partition. */
    void receipt(String user, JsonObject receipt) {
        int number = receipt.getInteger("number");
        int expected = receipts.getOrDefault(user, 0) + 1;
        if (number != expected) {
            faults.add("receipt " + number + " of " + user + " came where " + expected + " was due");
        }
        receipts.put(user, number);
        count++;
        for (Map.Entry<String, Object> item : receipt.getJsonObject("items")) {
            sold.merge(item.getKey(), ((Number) item.getValue()).intValue(), Integer::sum);
        }
    }

    /** Takes a record of topic {@code stock}, in the order of the partition. */
    void stock(String item, JsonObject level) {
        int now = level.getInteger("stock");
        if (now < 0) {
            faults.add("stock of " + item + " fell to " + now);
        }
        stock.put(item, now);
    }

    int receipts() {
        return count;
    }

    int units(Map<String, Integer> items) {
        return items.values().stream().mapToInt(Integer::intValue).sum();
    }

    int sold() {
        return units(sold);
    }

    int left() {
        return units(stock);
    }

    /** Whether nothing more is to be expected. */
    boolean complete() {
        return missing().isEmpty();
    }

    /** What is wrong, empty when all is proven. */
    List<String> faults() {
        List<String> all = new ArrayList<>(faults);
        all.addAll(missing());
        return all;
    }

    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        orders.checkouts().forEach((user, checkouts) -> {
            int got = receipts.getOrDefault(user, 0);
            if (got != checkouts) {
                missing.add(user + " has " + got + " receipts for " + checkouts + " checkouts");
            }
        });
        orders.restocked().forEach((item, delivered) -> {
            int accounted = sold.getOrDefault(item, 0) + stock.getOrDefault(item, 0);
            if (accounted != delivered) {
                missing.add(delivered + " of " + item + " were delivered, " + accounted + " are sold or in stock");
            }
        });
        return missing;
    }
}
