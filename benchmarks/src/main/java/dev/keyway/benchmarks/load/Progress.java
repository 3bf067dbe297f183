package dev.keyway.benchmarks.load;

import java.io.PrintWriter;

/** Lines that tell what goes on, with the time since the begin. */
final class Progress {
    private final PrintWriter out;
    private final long begin = System.nanoTime();

    Progress(PrintWriter out) {
        this.out = out;
    }

    void say(String format, Object... values) {
        long seconds = seconds();
        out.printf("%3d:%02d  %s%n", seconds / 60, seconds % 60, String.format(format, values));
        out.flush();
    }

    /** One line for a pass. */
    void pass(String scenario, String caller, String what, Pass pass) {
        StringBuilder line = new StringBuilder(String.format("%-16s %-18s %-9s", scenario, caller, what));
        if (pass.rate() == 0) {
            line.append(String.format(" %,9.0f events/s", pass.perSecond()));
        } else {
            line.append(String.format(
                    " at %,d/s: to handler p50 %s p99 %s ms",
                    pass.rate(),
                    Report.millis(pass.toHandler().p50()),
                    Report.millis(pass.toHandler().p99())));
        }
        line.append(String.format(
                "   %.1f us CPU", pass.costs().get(Gauges.Of.CALLER).cpuSecondsPerMillion()));
        line.append(pass.faults().isEmpty() ? "" : "   FAILED: " + pass.faults());
        say("%s", line);
    }

    long seconds() {
        return (System.nanoTime() - begin) / 1_000_000_000;
    }
}
