package dev.keyway.gateway.dev;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What the demo of the shop writes: deliveries to the inventory and commands of users, the same for the same seed. Every
 * user ends with a checkout. Immutable.
 *
 * @param records in the order of writing
 * @param restocked units by item
 * @param checkouts by user
 */
record CartOrders(List<Line> records, Map<String, Integer> restocked, Map<String, Integer> checkouts) {
    static final String CARTS = "carts";
    static final String RESTOCKS = "restocks";
    private static final List<String> ITEMS = List.of("socks", "lamp", "kettle", "chess set", "umbrella", "atlas");
    private static final int DELIVERIES = 10;

    record Line(String topic, String key, String value) {}

    static CartOrders of(long seed, int users, int rounds) {
        Random random = new Random(seed);
        Map<String, Integer> restocked = new LinkedHashMap<>();
        Map<String, Integer> checkouts = new LinkedHashMap<>();
        List<Line> deliveries = new ArrayList<>();
        for (String item : ITEMS) {
            for (int i = 0; i < DELIVERIES; i++) {
                // About half of what is asked for, so that some must go without.
                int quantity = users * rounds / 10 + random.nextInt(10);
                restocked.merge(item, quantity, Integer::sum);
                deliveries.add(new Line(
                        RESTOCKS,
                        item,
                        new JsonObject().put("quantity", quantity).encode()));
            }
        }
        List<Line> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            List<Integer> order = new ArrayList<>();
            for (int user = 1; user <= users; user++) {
                order.add(user);
            }
            Collections.shuffle(order, random);
            for (int user : order) {
                visit(random, "user-" + user, all);
                checkouts.merge("user-" + user, 1, Integer::sum);
            }
            int share = deliveries.size() * (round + 1) / rounds - deliveries.size() * round / rounds;
            for (int i = 0; i < share; i++) {
                all.add(deliveries.get(deliveries.size() * round / rounds + i));
            }
        }
        return new CartOrders(List.copyOf(all), Map.copyOf(restocked), Map.copyOf(checkouts));
    }

    private static void visit(Random random, String user, List<Line> all) {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            command(
                    all,
                    user,
                    new JsonObject()
                            .put("type", "add")
                            .put("item", ITEMS.get(random.nextInt(ITEMS.size())))
                            .put("quantity", 1 + random.nextInt(3)));
            if (random.nextInt(20) == 0) {
                command(all, user, new JsonObject().put("type", "clear"));
            }
        }
        command(all, user, new JsonObject().put("type", "checkout"));
    }

    private static void command(List<Line> all, String user, JsonObject command) {
        all.add(new Line(CARTS, user, command.encode()));
    }

    int expectedReceipts() {
        return checkouts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
