package dev.keyway.gateway.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happens to a slot, its transactions and its process: each message has its effects once, in order. */
class SlotProperties {
    private static final List<String> IDS = List.of("a", "b", "c");

    @Provide
    Arbitrary<List<Long>> histories() {
        return Arbitraries.longs().list().ofMinSize(10).ofMaxSize(150);
    }

    @Property(tries = 3000)
    void everyMessageHasItsEffectsOnceAndInOrder(@ForAll("histories") List<Long> history) {
        SlotModel model = new SlotModel();
        history.forEach(step -> step(model, new SplittableRandom(step)));
        try {
            model.finish(new SplittableRandom(history.get(0)));
            check(model);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + String.join("\n", model.trace), e);
        }
    }

    private static void step(SlotModel model, SplittableRandom random) {
        int a = random.nextInt(100);
        int b = random.nextInt(100);
        switch (random.nextInt(27)) {
            case 0, 1 -> {
                for (int i = 0; i <= a % 5; i++) {
                    model.produce(random.nextInt(2), IDS.get(random.nextInt(3)), command(random));
                }
            }
            case 2, 3 -> model.forward(a % 2, b % 3, 1 + random.nextInt(4));
            case 4, 5 -> model.poll(1 + a % 6);
            case 6 -> model.restore();
            case 7, 8, 9 -> model.work();
            case 10, 11, 12 -> model.answer();
            case 13, 14 -> model.run();
            case 15, 16 -> model.land(a, 1 + b % 4, random.nextInt(6) == 0);
            case 17 -> model.trouble(a);
            case 18 -> model.tick(b % 4 == 0);
            case 19 -> model.pass(1 + a);
            case 20, 21 -> model.resolve(a % 9, b);
            case 22 -> model.refresh();
            case 24, 25, 26 -> stream(model, random);
            default -> {
                if (a < 25) {
                    model.restart(b % 2 == 0, b % 3 == 0);
                }
            }
        }
    }

    /** Several messages of one address get through at once, so that more than one batch of it waits for a transaction. */
    private static void stream(SlotModel model, SplittableRandom random) {
        String id = IDS.get(random.nextInt(3));
        for (int i = 0; i < 4; i++) {
            model.produce(0, id, command(random));
        }
        model.forward(0, 0, 10);
        model.poll(10);
        for (int i = 0; i < 3; i++) {
            model.work();
            model.answer();
            model.land(0, 1 + random.nextInt(3), false);
        }
    }

    private static String command(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> "send:" + IDS.get(random.nextInt(3));
            case 1 -> "later:none:" + random.nextInt(30);
            case 2 -> "later:t" + random.nextInt(2) + ":" + random.nextInt(60);
            case 3 -> "cancel:t" + random.nextInt(2);
            default -> "-";
        };
    }

    private static void check(SlotModel model) {
        Map<String, Integer> counts = new HashMap<>();
        Map<String, Long> latest = new HashMap<>();
        Set<String> handled = new HashSet<>();
        for (String line : model.output) {
            String[] words = line.split("\\|");
            if (!words[0].equals(SlotModel.STATELESS)) {
                assertThat(Integer.parseInt(words[2]))
                        .as("the number of " + line)
                        .isEqualTo(counts.merge(words[0], 1, Integer::sum));
            }
            assertThat(handled.add(words[1])).as("again: " + line).isTrue();
        }
        for (String line : model.ends) {
            String[] words = line.split("\\|");
            if (words[1].startsWith("s") && !words[1].contains("/")) {
                long offset = Long.parseLong(words[1].substring(3));
                Long before = latest.put(words[0] + words[1].charAt(1), offset);
                assertThat(before == null || before < offset)
                        .as("order at " + line + " after " + before)
                        .isTrue();
            }
        }
        Set<String> given = new HashSet<>(model.letters);
        assertThat(given).as("letters").hasSameSizeAs(model.letters);
        assertThat(handled).as("handled, and a letter too").noneMatch(given::contains);
        for (int source = 0; source < 2; source++) {
            List<String> records = model.sources.get(source);
            for (int offset = 0; offset < records.size(); offset++) {
                String uid = "s" + source + "-" + offset;
                assertThat(handled.contains(uid) || given.contains(uid))
                        .as("lost: " + uid)
                        .isTrue();
                children(uid, records.get(offset).split("\\|", 2)[1], handled, given);
            }
        }
    }

    private static void children(String uid, String command, Set<String> handled, Set<String> given) {
        boolean ran = handled.contains(uid);
        boolean message = handled.contains(uid + "/m") || given.contains(uid + "/m");
        boolean delayed = handled.contains(uid + "/d") || given.contains(uid + "/d");
        assertThat(message).as("message of " + uid + " " + command).isEqualTo(ran && command.startsWith("send:"));
        if (command.startsWith("later:none")) {
            assertThat(delayed).as("delayed message of " + uid).isEqualTo(ran);
        } else if (!command.startsWith("later:") || !ran) {
            assertThat(delayed).as("delayed message of " + uid + " " + command).isFalse();
        }
    }
}
