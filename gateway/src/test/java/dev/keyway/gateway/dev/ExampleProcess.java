package dev.keyway.gateway.dev;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A handler of the documentation in its own process; it prints {@code listening on <port>}, then a line per event. */
final class ExampleProcess implements AutoCloseable {
    private static final String LISTENING = "listening on ";

    private final Process process;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private ExampleProcess(Process process) {
        this.process = process;
    }

    static ExampleProcess start(List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PORT", "0");
        ExampleProcess started = new ExampleProcess(builder.start());
        Thread reader = new Thread(started::read, "example-output");
        reader.setDaemon(true);
        reader.start();
        try {
            started.port.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            started.close();
            throw new AssertionError(command + " did not start: " + started.lines, e);
        }
        return started;
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                if (line.startsWith(LISTENING)) {
                    port.complete(Integer.parseInt(line.substring(LISTENING.length())));
                }
            }
        } catch (IOException e) {
            lines.add(e.toString());
        }
        port.completeExceptionally(new IllegalStateException("the process ended"));
    }

    String url() {
        return "http://127.0.0.1:" + port.join();
    }

    boolean printed(String start) {
        return lines.stream().anyMatch(line -> line.startsWith(start));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
