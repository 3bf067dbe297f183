package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that a run has measured so far. One thread. */
final class Results {
    private final List<Row> rows = new ArrayList<>();
    private final List<IdleRow> idle = new ArrayList<>();
    private final List<LagRow> lag = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    void add(Row row) {
        rows.add(row);
        row.faults().forEach(fault -> faults.add(row.scenario() + ", " + row.caller() + ": " + fault));
    }

    void add(IdleRow row) {
        idle.add(row);
        row.faults().forEach(fault -> faults.add(row.subscriptions() + " subscriptions: " + fault));
    }

    void add(LagRow row) {
        lag.add(row);
        row.faults().forEach(fault -> faults.add("lag of " + row.records() + ": " + fault));
    }

    /** Something that went wrong outside a row. */
    void fault(String fault) {
        faults.add(fault);
    }

    List<Row> rows() {
        return rows;
    }

    List<IdleRow> idle() {
        return idle;
    }

    List<LagRow> lag() {
        return lag;
    }

    /** Everything that was lost, repeated, out of order, or failed. */
    List<String> faults() {
        return faults;
    }

    Optional<Row> row(String scenario, String caller) {
        return rows.stream()
                .filter(row -> row.scenario().equals(scenario) && row.caller().equals(caller))
                .findFirst();
    }
}
