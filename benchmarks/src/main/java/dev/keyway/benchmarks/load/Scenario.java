package dev.keyway.benchmarks.load;

import java.util.List;

/** One thing to measure. */
interface Scenario {
    /** By which it is chosen. */
    String name();

    /** What it is, in a line. */
    String about();

    /** Who takes part. */
    List<Stage.Part> parts();

    /** About how long it takes on 2 cores. */
    int seconds(Depth depth);

    /** Measures, and adds to the results. */
    void run(Stage stage, Depth depth, Progress progress, Results results);
}
