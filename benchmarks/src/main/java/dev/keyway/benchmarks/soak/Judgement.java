package dev.keyway.benchmarks.soak;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Whether the first instance grew over a run: the {@link Trend}s of what it holds, and for each that grows the kinds
 * that grew most, as evidence.
 *
 * @param trends of live heap, resident memory, file descriptors and threads
 * @param reasons why the run has failed, empty if nothing grew
 */
record Judgement(List<Trend> trends, List<String> reasons) {
    private static final int SHOWN = 12;

    /**
     * @param samples those behind the warm-up, in order
     * @throws IllegalArgumentException if there are fewer than {@link Trend#MIN_SAMPLES}
     */
    static Judgement of(List<Sample> samples) {
        List<Trend> trends = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        Trend live = trend(samples, "live heap in MB", Sample::liveMegabytes, 1, 0.04);
        Trend resident = trend(samples, "resident memory in MB", Sample::residentMegabytes, 32, 0.06);
        Trend files =
                trend(samples, "open file descriptors", sample -> sample.state().fileCount(), 6, 0.05);
        Trend threads = trend(samples, "threads", sample -> sample.state().threadCount(), 3, 0.03);
        judge(live, samples, ProcessState::classes, " bytes", trends, reasons);
        judge(resident, samples, ProcessState::classes, " bytes of heap", trends, reasons);
        judge(files, samples, ProcessState::files, "", trends, reasons);
        judge(threads, samples, ProcessState::threads, "", trends, reasons);
        return new Judgement(trends, reasons);
    }

    private static Trend trend(
            List<Sample> samples, String what, ToDoubleFunction<Sample> value, double absolute, double relative) {
        double[] seconds = samples.stream().mapToDouble(Sample::seconds).toArray();
        return Trend.of(what, seconds, samples.stream().mapToDouble(value).toArray(), absolute, relative);
    }

    private static void judge(
            Trend trend,
            List<Sample> samples,
            Function<ProcessState, Map<String, Long>> kinds,
            String unit,
            List<Trend> trends,
            List<String> reasons) {
        trends.add(trend);
        if (trend.grows()) {
            Map<String, Long> before = kinds.apply(samples.get(0).state());
            Map<String, Long> after =
                    kinds.apply(samples.get(samples.size() - 1).state());
            reasons.add(trend + "\n" + growth(before, after, unit));
        }
    }

    private static String growth(Map<String, Long> before, Map<String, Long> after, String unit) {
        Map<String, Long> grown = new TreeMap<>(after);
        before.forEach((kind, count) -> grown.merge(kind, -count, Long::sum));
        List<String> lines = grown.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(SHOWN)
                .map(entry -> String.format("    %+,d%s %s", entry.getValue(), unit, entry.getKey()))
                .toList();
        return String.join("\n", lines);
    }
}
