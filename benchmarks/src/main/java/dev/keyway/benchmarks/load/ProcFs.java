package dev.keyway.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the operating system says of a process: processor time anywhere, memory and exact times on Linux only
 * ({@code proc(5)}).
 */
final class ProcFs {
    private static final Path PROC = Path.of("/proc");

    private ProcFs() {}

    /** Processor time of all threads so far, in steps of 10 ms. */
    static long cpuNanos(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO)
                .toNanos();
    }

    /** Processor time of the threads that live now, to the nanosecond; -1 if the system does not tell. */
    static long exactCpuNanos(long pid) {
        long sum = 0;
        try (Stream<Path> threads = Files.list(PROC.resolve(pid + "/task"))) {
            for (Path thread : threads.toList()) {
                sum += threadNanos(thread);
            }
            return sum;
        } catch (IOException e) {
            return -1;
        }
    }

    private static long threadNanos(Path thread) {
        try {
            String text = Files.readString(thread.resolve("schedstat"));
            return Long.parseLong(text.substring(0, text.indexOf(' ')));
        } catch (IOException e) {
            // The thread has ended since it was listed.
            return 0;
        }
    }

    /** Sets the peak back to what is resident now; without the right to it, the peak stays that of the whole life. */
    static void resetPeak(long pid) {
        try {
            Files.writeString(PROC.resolve(pid + "/clear_refs"), "5");
        } catch (IOException e) {
            // The result is an upper bound then.
        }
    }

    /** Most bytes resident since the last reset; 0 if the system does not tell. */
    static long peakBytes(long pid) {
        try {
            return peakBytes(Files.readAllLines(PROC.resolve(pid + "/status")));
        } catch (IOException e) {
            return 0;
        }
    }

    static long peakBytes(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }
}
