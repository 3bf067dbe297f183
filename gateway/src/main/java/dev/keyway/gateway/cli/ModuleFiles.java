package dev.keyway.gateway.cli;

import dev.keyway.admin.module.Module;
import dev.keyway.gateway.ModuleUnchecked;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The module files of a running instance. Reads them again when they have changed, seen by a look from time to time and
 * taken when the next look finds no further change, and at once on SIGHUP. Where brokers do not say whether the new module
 * can run, they are asked again. What is wrong with them is logged and shown in
 * readiness, and the module stays what it was. Methods on any thread.
 */
final class ModuleFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ModuleFiles.class);
    static final Duration LOOK = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Context context;
    private final List<Path> files;
    private final Duration look;
    private final Supplier<Module> loader;
    private final Function<Module, Future<Void>> take;
    private final Function<String, Future<Void>> unreadable;
    private List<String> taken;
    private List<String> seen;
    private boolean busy;
    private boolean again;
    private long timer = -1;

    /**
     * @param look time between two looks at the files
     * @param loader reads all files; throws {@link CliException}
     * @param take puts a module in force; fails with the reason why not
     * @param unreadable hears why files cannot be read
     */
    ModuleFiles(
            Vertx vertx,
            List<Path> files,
            Duration look,
            Supplier<Module> loader,
            Function<Module, Future<Void>> take,
            Function<String, Future<Void>> unreadable) {
        this.vertx = vertx;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.files = List.copyOf(files);
        this.look = look;
        this.loader = loader;
        this.take = take;
        this.unreadable = unreadable;
    }

    /** Without files there is nothing to watch, and SIGHUP ends the process as it always did. */
    Future<Void> start() {
        if (files.isEmpty()) {
            return Future.succeededFuture();
        }
        Hangup.handle(() -> context.runOnContext(v -> reload()));
        return vertx.executeBlocking(this::states, false).map(states -> {
            context.runOnContext(v -> {
                taken = states;
                seen = states;
                timer = vertx.setPeriodic(look.toMillis(), id -> look());
            });
            return null;
        });
    }

    void close() {
        context.runOnContext(v -> vertx.cancelTimer(timer));
    }

    private void look() {
        vertx.executeBlocking(this::states, false)
                .onSuccess(states -> context.runOnContext(v -> {
                    boolean settled = states.equals(seen);
                    seen = states;
                    // While a module is being taken, the next look tells whether the files have changed since.
                    if (settled && !busy && !states.equals(taken)) {
                        reload();
                    }
                }));
    }

    /** What tells that a file has changed, without reading it. */
    private List<String> states() {
        return files.stream()
                .map(file -> {
                    try {
                        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
                        return found.lastModifiedTime() + " " + found.size() + " " + found.fileKey();
                    } catch (IOException e) {
                        return "absent";
                    }
                })
                .toList();
    }

    private void reload() {
        if (busy) {
            again = true;
            return;
        }
        busy = true;
        vertx.executeBlocking(
                        () -> {
                            List<String> before = states();
                            context.runOnContext(v -> taken = before);
                            return loader.get();
                        },
                        false)
                .recover(failure -> unreadable
                        .apply("the changed module files cannot be read: " + failure.getMessage())
                        .mapEmpty())
                .compose(take)
                .onComplete(done -> context.runOnContext(v -> {
                    busy = false;
                    if (done.succeeded()) {
                        LOG.atInfo().addKeyValue("files", files).log("The module files were read again and taken");
                    } else if (done.cause() instanceof ModuleUnchecked) {
                        taken = List.of();
                        LOG.atWarn()
                                .addKeyValue("files", files)
                                .addKeyValue("cause", done.cause().getMessage())
                                .log("The changed module is not taken yet, will try again");
                    } else {
                        LOG.atError()
                                .addKeyValue("files", files)
                                .addKeyValue("cause", done.cause().getMessage())
                                .log("The module stays what it was");
                    }
                    if (again) {
                        again = false;
                        reload();
                    }
                }));
    }
}
