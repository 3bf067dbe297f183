package dev.keyway.gateway.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * What a demo has opened, and its temporary directory. All is closed in the end, by {@link #close} or by a signal,
 * whichever comes first: last opened, first closed, each once.
 */
final class LocalRun implements AutoCloseable {
    private static final int START_ATTEMPTS = 3;

    private final Path directory = temporaryDirectory();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Thread onSignal = new Thread(this::closeAll, "demo-stop");

    LocalRun() {
        Runtime.getRuntime().addShutdownHook(onSignal);
    }

    Path directory() {
        return directory;
    }

    <T extends AutoCloseable> T open(T resource) {
        synchronized (open) {
            open.add(resource);
        }
        return resource;
    }

    /**
     * Starts a broker and an instance. A port that was free when looked at may be taken when it is bound; then others are
     * chosen, unless told which.
     *
     * @param adminPort 0 takes 9070 or, if that is taken, a free one
     * @param ingressPort 0 takes 8080 or, if that is taken, a free one
     */
    LocalKeyway start(int adminPort, int ingressPort, LocalSettings.Configure configure) {
        for (int attempt = 1; ; attempt++) {
            int admin = adminPort == 0 ? LocalPorts.preferably(9070) : adminPort;
            int ingress = ingressPort == 0 ? LocalPorts.preferably(8080) : ingressPort;
            try {
                return LocalKeyway.start(directory.resolve(String.valueOf(attempt)), 0, admin, ingress, configure);
            } catch (LocalFailure e) {
                boolean mayChoose = adminPort == 0 || ingressPort == 0;
                if (!mayChoose || attempt == START_ATTEMPTS || !LocalPorts.isTaken(e)) {
                    throw e;
                }
            }
        }
    }

    void untilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException e) {
            // The process stops already; the hook finds nothing left to close.
            return;
        }
    }

    private void closeAll() {
        synchronized (open) {
            while (!open.isEmpty()) {
                try {
                    open.remove(open.size() - 1).close();
                } catch (Exception e) {
                    System.err.println("demo: " + e.getMessage());
                }
            }
            delete();
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("keyway-demo-");
        } catch (IOException e) {
            throw new LocalFailure("cannot create a temporary directory: " + e.getMessage(), e);
        }
    }

    private void delete() {
        if (!Files.exists(directory)) {
            return;
        }
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("demo: cannot delete " + directory + ": " + e.getMessage());
        }
    }
}
