package dev.keyway.gateway.sdk;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A running process of SDK services: where it listens, and what was delivered to it. */
public final class SdkProcess implements AutoCloseable {
    private static final String LISTENING = "LISTENING ";
    private static final String DELIVERED = "DELIVERED ";

    private final Process process;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final List<JsonObject> deliveries = new CopyOnWriteArrayList<>();
    private final StringBuffer log = new StringBuffer();

    private SdkProcess(Process process) {
        this.process = process;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "sdk-stop"));
    }

    static SdkProcess start(List<String> command, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("PORT", "HTTP1"));
        builder.environment().putAll(environment);
        SdkProcess started = new SdkProcess(builder.start());
        Thread reader = new Thread(started::read, "sdk-output");
        reader.setDaemon(true);
        reader.start();
        try {
            started.port.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            started.close();
            throw new AssertionError("the services did not start: " + started.log, e);
        }
        return started;
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(DELIVERED)) {
                    deliveries.add(new JsonObject(line.substring(DELIVERED.length())));
                } else if (line.startsWith(LISTENING)) {
                    port.complete(
                            Integer.parseInt(line.substring(LISTENING.length()).trim()));
                } else if (log.length() < 100_000) {
                    log.append(line).append('\n');
                }
            }
        } catch (IOException e) {
            log.append(e);
        }
        port.completeExceptionally(new IllegalStateException("the process ended"));
    }

    public String uri() {
        return "http://127.0.0.1:" + port.join() + "/";
    }

    /** What the handlers of one kind printed, in order. */
    public List<JsonObject> deliveries(String what) {
        return deliveries.stream()
                .filter(delivery -> what.equals(delivery.getString("what")))
                .toList();
    }

    /** All that the handlers printed, in order. */
    public List<JsonObject> deliveries() {
        return List.copyOf(deliveries);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
