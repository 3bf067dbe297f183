package dev.keyway.benchmarks.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM process holds at one moment.
 *
 * @param liveBytes heap in use behind a full collection
 * @param residentBytes memory that the process has of the machine
 * @param classes bytes of the live heap by class
 * @param files open file descriptors by what they are
 * @param threads threads by name, numbers in names left out
 */
record ProcessState(
        long liveBytes,
        long residentBytes,
        Map<String, Long> classes,
        Map<String, Long> files,
        Map<String, Long> threads) {
    private static final Pattern HISTOGRAM = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final long JCMD_SECONDS = 60;

    /**
     * Looks at a process: {@code /proc} and {@code jcmd GC.class_histogram}, which collects garbage first.
     *
     * @throws IllegalStateException if it has ended or does not answer
     */
    static ProcessState of(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try {
            Map<String, Long> classes = histogram(pid);
            Matcher resident = RESIDENT.matcher(Files.readString(proc.resolve("status")));
            if (!resident.find()) {
                throw new IllegalStateException("process " + pid + " has ended");
            }
            return new ProcessState(
                    sum(classes),
                    Long.parseLong(resident.group(1)) << 10,
                    classes,
                    files(proc.resolve("fd")),
                    threads(proc.resolve("task")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at process " + pid, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    long fileCount() {
        return sum(files);
    }

    long threadCount() {
        return sum(threads);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Map<String, Long> histogram(long pid) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            throw new IllegalStateException("the run needs a JDK: " + jcmd + " is absent");
        }
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        Map<String, Long> classes = new TreeMap<>();
        StringBuilder rest = new StringBuilder();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher row = HISTOGRAM.matcher(line);
                if (row.matches()) {
                    classes.merge(row.group(2), Long.parseLong(row.group(1)), Long::sum);
                } else {
                    rest.append(line).append('\n');
                }
            }
        }
        if (!process.waitFor(JCMD_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0 || classes.isEmpty()) {
            process.destroyForcibly();
            throw new IllegalStateException("jcmd " + pid + " GC.class_histogram failed: " + rest);
        }
        return classes;
    }

    private static Map<String, Long> files(Path directory) throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                try {
                    counts.merge(kind(Files.readSymbolicLink(file).toString()), 1L, Long::sum);
                } catch (IOException closedMeanwhile) {
                    continue;
                }
            }
        }
        return counts;
    }

    private static String kind(String target) {
        return target.startsWith("/") ? target : target.replaceAll("\\[?\\d+]?$", "");
    }

    private static Map<String, Long> threads(Path directory) throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        try (Stream<Path> threads = Files.list(directory)) {
            for (Path thread : (Iterable<Path>) threads::iterator) {
                try {
                    String name = Files.readString(thread.resolve("comm")).strip();
                    counts.merge(name.replaceAll("\\d+", "N"), 1L, Long::sum);
                } catch (IOException endedMeanwhile) {
                    continue;
                }
            }
        }
        return counts;
    }
}
