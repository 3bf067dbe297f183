package dev.keyway.benchmarks.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Whether Keyway's heap grows with the lag: a topic is filled with millions of records first, then an instance with a
 * small heap works on it, and its garbage collector's log tells how much of the heap was in use after each collection.
 */
@Command(
        name = "lag",
        description = "Works off millions of records of lag with a small heap, and shows the heap in use.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class LagRun implements Callable<Integer> {
    /** For example: {@code [12.345s][info][gc] GC(7) Pause Young (Normal) (...) 123M->45M(512M) 3.210ms}. */
    private static final Pattern PAUSE = Pattern.compile("Pause .* (\\d+)M->(\\d+)M\\((\\d+)M\\)");

    @Spec
    private CommandSpec spec;

    @Mixin
    private Setup setup;

    @Option(
            names = "--seconds",
            defaultValue = "0",
            description = "Stop after so long instead of when all is delivered; 0 delivers all (${DEFAULT-VALUE}).")
    private int seconds;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Path gcLog = Files.createTempFile("keyway-gc", ".log");
        List<String> jvmArgs = Stream.concat(
                        setup.jvmArgs.stream(),
                        Stream.of("-XX:+ExitOnOutOfMemoryError", "-Xlog:gc:file=" + gcLog + "::filecount=0"))
                .toList();
        try (Rig rig = new Rig(setup)) {
            rig.fill("lag");
            out.printf("%,d records of %d bytes over %,d keys wait%n", setup.records, setup.valueBytes, setup.keys);
            out.flush();
            try (KeywayProcess keyway = KeywayProcess.start(jvmArgs, rig)) {
                rig.reset();
                keyway.subscribe("lag");
                long begin = System.nanoTime();
                Pass pass = rig.soFar();
                while (!finished(pass, begin)) {
                    LockSupport.parkNanos(5_000_000_000L);
                    pass = rig.soFar();
                    out.printf(
                            "%4d s  %,11d delivered  %s%n",
                            (System.nanoTime() - begin) / 1_000_000_000, pass.distinct(), heap(gcLog));
                    out.flush();
                    if (!keyway.isAlive()) {
                        throw new IllegalStateException("the gateway has ended; see " + keyway.directory());
                    }
                }
                out.printf(
                        "%,d records, %.0f events/s, %d repeats, %d out of order; %s%n",
                        pass.distinct(), pass.perSecond(), pass.repeats(), pass.disorder(), heap(gcLog));
                return pass.repeats() == 0 && pass.disorder() == 0 && pass.unreadable() == 0 ? 0 : 1;
            }
        } finally {
            Files.deleteIfExists(gcLog);
        }
    }

    private boolean finished(Pass pass, long begin) {
        return pass.distinct() >= setup.records
                || (seconds > 0 && System.nanoTime() - begin >= seconds * 1_000_000_000L);
    }

    /** Most heap in use before and after any collection so far. */
    private static String heap(Path gcLog) throws IOException {
        long before = 0;
        long after = 0;
        long last = 0;
        for (String line : Files.readAllLines(gcLog)) {
            Matcher pause = PAUSE.matcher(line);
            if (pause.find()) {
                before = Math.max(before, Long.parseLong(pause.group(1)));
                last = Long.parseLong(pause.group(2));
                after = Math.max(after, last);
            }
        }
        return "heap after the last collection " + last + " MB, at most " + after + " MB after and " + before
                + " MB before one";
    }
}
