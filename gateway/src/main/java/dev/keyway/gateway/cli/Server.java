package dev.keyway.gateway.cli;

import dev.keyway.admin.config.DataDir;
import dev.keyway.admin.config.KeywayConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance that owns its process: runs until a signal, then drains within a bound.
 *
 * <p>The main thread waits here; a signal makes the JVM run the shutdown hook, which drains and then halts. Halting is
 * what lets a signal end in exit code 0, since the JVM itself would exit with 128 + signal. Nothing else in the process
 * registers a hook that must run later.
 */
final class Server {
    /** What closing takes beyond the drain of the sources: last commits, leaving the groups, connections. */
    private static final Duration CLOSE_MARGIN = Duration.ofSeconds(8);

    /** What Vert.x gets for closing its threads and files, when nothing runs any more. */
    private static final Duration RELEASE_BOUND = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final KeywayConfig config;
    private final DataDir dataDir;
    private final Instance.Starter starter;
    private final Vertx vertx = Vertx.vertx();
    private volatile Instance instance;

    private Server(KeywayConfig config, DataDir dataDir, Instance.Starter starter) {
        this.config = dataDir.complete(config);
        this.dataDir = dataDir;
        this.starter = starter;
    }

    /**
     * Takes the data directory and with it, unless configured, the instance's id.
     *
     * @throws CliException if that fails
     */
    static Server create(KeywayConfig config, Instance.Starter starter) {
        return new Server(config, Configuration.open(config), starter);
    }

    /**
     * Returns only if the instance did not start.
     *
     * @throws CliException if it cannot start, with what stands in the way
     */
    int run() {
        Thread hook = new Thread(
                () -> {
                    int exitCode = stop();
                    Main.flushLog();
                    Runtime.getRuntime().halt(exitCode);
                },
                "keyway-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Ports.requireFree(config);
            instance = starter.start(vertx, config)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw failed(hook, startFailure(e.getCause()));
        } catch (InterruptedException e) {
            throw failed(hook, new CliException(ExitCode.FAILED, "interrupted while starting", e));
        } catch (CliException e) {
            throw failed(hook, e);
        }
        LOG.atInfo()
                .addKeyValue("instance", config.instanceId())
                .addKeyValue("admin", url(config.admin().host(), instance.adminPort()))
                .addKeyValue("ingress", url(config.ingress().host(), instance.ingressPort()))
                .log("ready");
        return untilSignal();
    }

    private static int untilSignal() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }

    /** Runs in the shutdown hook. A signal during the start finds no instance and only closes Vert.x. */
    private int stop() {
        Instance running = instance;
        Duration bound = config.consumer().drainTimeout().plus(CLOSE_MARGIN);
        LOG.atInfo().addKeyValue("bound", bound).log("stopping: draining calls in flight");
        int exitCode = await(
                running == null ? Future.succeededFuture() : running.close().get(), bound);
        release();
        LOG.atInfo().addKeyValue("exitCode", exitCode).log("stopped");
        return exitCode;
    }

    /** @return the exit code of the process; records whose calls did not land are delivered again */
    static int await(Future<Void> closing, Duration bound) {
        try {
            closing.toCompletionStage().toCompletableFuture().get(bound.toMillis(), TimeUnit.MILLISECONDS);
            return ExitCode.OK;
        } catch (TimeoutException e) {
            LOG.atWarn().addKeyValue("bound", bound).log("calls were still in flight at the bound");
        } catch (ExecutionException e) {
            LOG.atWarn().addKeyValue("cause", Causes.describe(e)).log("closing failed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.DRAIN_INCOMPLETE;
    }

    private CliException startFailure(Throwable cause) {
        if (Causes.find(cause, BindException.class) != null) {
            try {
                Ports.requireFree(config);
            } catch (CliException named) {
                return named;
            }
        }
        return new CliException(ExitCode.FAILED, Causes.describe(cause), cause);
    }

    /** @return the failure, once the process may end by it and no longer by the hook */
    private CliException failed(Thread hook, CliException failure) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.atDebug().setCause(failure).log("start failed while a signal stops the process");
            untilSignal();
        }
        release();
        return failure;
    }

    private void release() {
        await(vertx.close(), RELEASE_BOUND);
        try {
            dataDir.close();
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("cause", e.getMessage())
                    .log("the data directory stays locked until the process ends");
        }
    }

    private static String url(String host, int port) {
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
