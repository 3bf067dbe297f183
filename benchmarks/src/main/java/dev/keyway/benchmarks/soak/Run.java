package dev.keyway.benchmarks.soak;

import dev.keyway.benchmarks.soak.Registrations.Stream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** One soak run from its first process to its verdict. One thread; the loads and the mishaps have their own. */
final class Run {
    /** A stream whose queue holds more seconds of load than this does not keep up, and its records get old. */
    private static final double SHORT_QUEUE_SECONDS = 5;

    private static final int MAX_EVIDENCE = 4_000;

    private final Soak.Options options;
    private final long seed;
    private final PrintWriter out;
    private final List<Stream> streams;
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Stream, String> subscriptions = new LinkedHashMap<>();
    private final Rest rest = new Rest();
    private final Progress progress;
    private Child handler;
    private Admin admin;
    private Registrations registrations;
    private RecordLoad records;
    private RpcLoad rpc;
    private Mishaps mishaps;
    private long begin;

    Run(Soak.Options options, long seed, PrintWriter out) {
        this.options = options;
        this.seed = seed;
        this.out = out;
        this.streams =
                IntStream.range(0, options.subscriptions).mapToObj(Stream::of).toList();
        this.progress =
                new Progress(options.stallSeconds, (long) (options.rate / options.subscriptions * SHORT_QUEUE_SECONDS));
    }

    /** True if everything held. */
    boolean go() throws IOException {
        try (Processes processes = new Processes()) {
            try {
                runWith(processes);
            } catch (RuntimeException e) {
                reasons.add("the run could not go on: " + e);
                e.printStackTrace(out);
            }
            List<Trend> trends = reasons.isEmpty() ? judge() : List.of();
            if (!reasons.isEmpty()) {
                processes.keepDirectory();
                out.println("FAILED; logs are in " + processes.directory());
                reasons.forEach(out::println);
            } else {
                out.println("everything held");
            }
            Files.writeString(options.json, json(trends).encodePrettily());
            out.println("result in " + options.json.toAbsolutePath());
            out.flush();
            return reasons.isEmpty();
        }
    }

    private void runWith(Processes processes) {
        Child broker = processes.talking(
                "broker",
                List.of("-Xmx512m"),
                SoakBroker.class,
                List.of(processes.directory().resolve("broker-data").toString()));
        String bootstrapServers = broker.await("READY");
        handler = processes.talking("handler", List.of("-Xmx256m"), SoakHandler.class, List.of(Long.toString(seed)));
        String handlerUri = "http://127.0.0.1:" + handler.await("READY");
        try (Admin kafka = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin = kafka;
            createTopics();
            // A heap that is touched from the start: what resident memory grows by is then not heap.
            List<String> jvmArgs = List.of(
                    "-Xms" + options.heap,
                    "-Xmx" + options.heap,
                    "-XX:+AlwaysPreTouch",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-Dlogback.configurationFile=dev/keyway/benchmarks/soak/instance-logback.xml");
            for (int i = 0; i < options.instances; i++) {
                nodes.add(new Node("instance-" + i, processes, bootstrapServers, jvmArgs, rest));
                nodes.get(i).start();
            }
            registrations = new Registrations(rest, streams, handlerUri);
            String deployment = registrations.deploy(steady());
            streams.forEach(stream -> subscriptions.put(stream, registrations.subscribe(steady(), stream)));
            load(bootstrapServers, deployment);
        }
    }

    private void load(String bootstrapServers, String deployment) {
        try (RecordLoad recordLoad = new RecordLoad(bootstrapServers, streams, options, seed);
                RpcLoad rpcLoad = new RpcLoad(nodes, options.rpcRate);
                Mishaps happening =
                        new Mishaps(nodes, registrations, subscriptions, deployment, options.mishapSeconds, seed)) {
            records = recordLoad;
            rpc = rpcLoad;
            mishaps = happening;
            begin = System.nanoTime();
            recordLoad.start();
            rpcLoad.start();
            happening.start();
            out.println(Sample.HEAD);
            for (int i = 1; seconds() < options.minutes * 60 && reasons.isEmpty(); i++) {
                sleepUntil(i * options.intervalSeconds);
                look();
            }
            happening.end();
            rpcLoad.end();
            recordLoad.end();
            if (reasons.isEmpty()) {
                finish();
            }
        }
    }

    private void look() {
        Sample sample = sample();
        samples.add(sample);
        out.println(sample.line());
        out.flush();
    }

    /** Takes a sample, and the reasons to stop at once that it shows. */
    private Sample sample() {
        Map<TopicPartition, Long> committed = committed();
        JsonObject state = new JsonObject(handler.ask("state"));
        Map<String, Double> oldest = oldest();
        double now = seconds();
        Map<String, Progress.Stream> moving = new LinkedHashMap<>();
        long done = 0;
        long lag = 0;
        double oldestSeconds = 0;
        for (Stream stream : streams) {
            long streamDone = topic(state, stream).getLong("done", 0L);
            long produced = records.produced(stream.topic());
            boolean paused = mishaps.isPaused(stream);
            double age = paused ? 0 : oldest.getOrDefault(subscriptions.get(stream), 0.0);
            moving.put(stream.topic(), new Progress.Stream(produced, streamDone, age, paused));
            done += streamDone;
            lag += Math.max(0, produced - streamDone);
            oldestSeconds = Math.max(oldestSeconds, age);
        }
        checkDeliveries(state);
        checkCommitted(committed, state);
        checkLoads();
        Progress.Standstill standstill = progress.look(now, moving);
        if (standstill != null) {
            reasons.add(standstill.reason() + "\n" + describe(standstill.stream()));
        }
        Sample before = samples.isEmpty() ? null : samples.get(samples.size() - 1);
        double rate = before == null ? done / now : (done - before.done()) / (now - before.seconds());
        JsonObject answers = state.getJsonObject("answers");
        long faults = answers.stream()
                .filter(entry -> !entry.getKey().equals("none"))
                .mapToLong(entry -> ((Number) entry.getValue()).longValue())
                .sum();
        return new Sample(
                now,
                ProcessState.of(nodes.get(0).pid()),
                done,
                rate,
                lag,
                oldestSeconds,
                state.getLong("repeats"),
                faults,
                rpc.well(),
                rpc.badly() + errors().size(),
                mishaps.recent());
    }

    private String describe(String topic) {
        String id = subscriptions.entrySet().stream()
                .filter(entry -> entry.getKey().topic().equals(topic))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
        String text = registrations.describe(steady(), id);
        return text.length() > MAX_EVIDENCE ? text.substring(0, MAX_EVIDENCE) + " …" : text;
    }

    private void checkDeliveries(JsonObject state) {
        if (state.getLong("violation_count") > 0) {
            reasons.add(state.getLong("violation_count") + " violations, the first of them:\n    "
                    + String.join(
                            "\n    ",
                            state.getJsonArray("violations").stream()
                                    .map(Object::toString)
                                    .toList()));
        }
    }

    /** Nothing may be committed that was not done when the commit was read. */
    private void checkCommitted(Map<TopicPartition, Long> committed, JsonObject state) {
        committed.forEach((partition, offset) -> {
            long firstMissing = state.getJsonObject("topics")
                    .getJsonObject(partition.topic(), new JsonObject())
                    .getJsonObject("first_missing", new JsonObject())
                    .getLong(Integer.toString(partition.partition()), 0L);
            if (offset > firstMissing) {
                reasons.add("lost: " + partition + " is committed at " + offset + ", but record " + firstMissing
                        + " was not done");
            }
        });
    }

    private void checkLoads() {
        if (records.failure() != null) {
            reasons.add("cannot write records: " + records.failure());
        }
        if (mishaps.failure() != null) {
            reasons.add("Keyway did not take what happened: " + mishaps.failure());
        }
        if (rpc.badly() > Math.max(1, rpc.well() / 1_000)) {
            reasons.add(rpc.badly() + " RPC calls ended badly, the first: " + rpc.firstBad());
        }
    }

    /** Behind the load: everything written must be done and committed, as long as it goes forward. */
    private void finish() {
        double since = seconds();
        long before = -1;
        while (reasons.isEmpty()) {
            Map<TopicPartition, Long> committed = committed();
            JsonObject state = new JsonObject(handler.ask("state"));
            checkDeliveries(state);
            List<String> missing = missing(state, committed);
            long done = streams.stream()
                    .mapToLong(stream -> topic(state, stream).getLong("done", 0L))
                    .sum();
            if (missing.isEmpty() && rpc.open() == 0) {
                checkLoads();
                out.printf(
                        "%,d records of %,d keys, %,d RPC calls: each done, in order, and committed; mishaps: %s%n",
                        done, records.keys(), rpc.well(), mishaps.counts());
                return;
            }
            if (done > before) {
                before = done;
                since = seconds();
            } else if (seconds() - since > options.stallSeconds) {
                reasons.add("lost: not done or not committed " + options.stallSeconds + " s after the load, "
                        + rpc.open() + " RPC calls open:\n    " + String.join("\n    ", missing));
            }
            LockSupport.parkNanos(500_000_000);
        }
    }

    private List<String> missing(JsonObject state, Map<TopicPartition, Long> committed) {
        List<String> missing = new ArrayList<>();
        for (Stream stream : streams) {
            JsonObject firstMissing = topic(state, stream).getJsonObject("first_missing", new JsonObject());
            for (int i = 0; i < options.partitions; i++) {
                long end = records.end(stream.topic(), i);
                long first = firstMissing.getLong(Integer.toString(i), 0L);
                long offset = committed.getOrDefault(new TopicPartition(stream.topic(), i), 0L);
                if (first < end || offset < end) {
                    missing.add(stream.topic() + "/" + i + " ends at " + end + ", first record not done " + first
                            + ", committed " + offset);
                }
            }
        }
        return missing;
    }

    private List<Trend> judge() {
        Judgement judgement = Judgement.of(samples.stream()
                .filter(sample -> sample.seconds() > options.warmUpSeconds())
                .toList());
        out.printf("trends of instance-0 behind the first %.0f s:%n", options.warmUpSeconds());
        judgement.trends().forEach(trend -> out.println("  " + trend));
        judgement.reasons().forEach(reason -> reasons.add("grows: " + reason));
        return judgement.trends();
    }

    private JsonObject json(List<Trend> trends) {
        JsonArray lines = new JsonArray();
        samples.forEach(sample -> lines.add(sample.json()));
        JsonArray judged = new JsonArray();
        trends.forEach(trend -> judged.add(new JsonObject()
                .put("what", trend.what())
                .put("first", trend.first())
                .put("last", trend.last())
                .put("per_hour", trend.perHour())
                .put("tolerance", trend.tolerance())
                .put("grows", trend.grows())));
        return new JsonObject()
                .put("held", reasons.isEmpty())
                .put("reasons", new JsonArray(reasons))
                .put("seed", seed)
                .put("minutes", options.minutes)
                .put("rate", options.rate)
                .put("instances", options.instances)
                .put("subscriptions", options.subscriptions)
                .put("warm_up_seconds", options.warmUpSeconds())
                .put("mishaps", mishaps == null ? null : mishaps.counts().toString())
                .put("trends", judged)
                .put("samples", lines);
    }

    private static JsonObject topic(JsonObject state, Stream stream) {
        return state.getJsonObject("topics").getJsonObject(stream.topic(), new JsonObject());
    }

    /** Age of the oldest unfinished record by subscription, over all instances. */
    private Map<String, Double> oldest() {
        Map<String, Double> oldest = new LinkedHashMap<>();
        for (Node node : nodes) {
            Node.Address address = node.address();
            if (address == null) {
                continue;
            }
            try {
                Metrics.of(rest.get(address.admin() + "/metrics"), "keyway_oldest_unfinished_seconds", "subscription")
                        .forEach((subscription, age) -> oldest.merge(subscription, age, Math::max));
            } catch (UncheckedIOException e) {
                if (address.equals(node.address())) {
                    throw e;
                }
            }
        }
        return oldest;
    }

    private Map<TopicPartition, Long> committed() {
        Map<TopicPartition, Long> committed = new LinkedHashMap<>();
        for (String group : subscriptions.values()) {
            Map<TopicPartition, OffsetAndMetadata> offsets = get(() -> admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get());
            offsets.forEach((partition, offset) -> {
                if (offset != null) {
                    committed.put(partition, offset.offset());
                }
            });
        }
        return committed;
    }

    private void createTopics() {
        List<NewTopic> topics = new ArrayList<>();
        streams.forEach(
                stream -> topics.add(new NewTopic(stream.topic(), Optional.of(options.partitions), Optional.empty())));
        topics.add(new NewTopic(Registrations.IDLE_TOPIC, Optional.of(1), Optional.empty()));
        get(() -> admin.createTopics(topics).all().get());
    }

    private interface Asking<T> {
        T get() throws ExecutionException, InterruptedException;
    }

    private static <T> T get(Asking<T> asking) {
        try {
            return asking.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker refused: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private List<String> errors() {
        List<String> errors = new ArrayList<>();
        nodes.forEach(node -> errors.addAll(node.errors()));
        return errors;
    }

    private String steady() {
        return nodes.get(0).address().admin();
    }

    private double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void sleepUntil(double seconds) {
        for (double left = seconds - seconds(); left > 0; left = seconds - seconds()) {
            LockSupport.parkNanos((long) (left * 1e9));
        }
    }
}
