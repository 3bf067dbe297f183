package dev.keyway.benchmarks.load;

import java.util.List;

/** Who calls the handler with the records of a pass: Keyway, or what it is compared with. One thread. */
sealed interface Caller permits Caller.OfKafka, Caller.OfMemory {

    /** As the tables say it. */
    String name();

    /** The process whose cost counts, while a pass runs. */
    ChildJvm jvm();

    /** The process that makes the load. */
    default long loadPid() {
        return ProcessHandle.current().pid();
    }

    /** Whether it promises the order of a key, and one call of a key at a time. */
    boolean ordered();

    /** Whether its process lives as long as the run, so that it can be warmed up before. */
    default boolean lasting() {
        return true;
    }

    /** Reads topics. */
    non-sealed interface OfKafka extends Caller {
        /** Starts to work on topics from their begin, and returns the consumer groups. */
        List<String> begin(List<String> topics);

        /** Stops working on them. */
        void end();
    }

    /** Has the records in memory. */
    non-sealed interface OfMemory extends Caller {
        /** Prepares the records. */
        void prepare(Workload workload);

        /** Sends all records as fast as it can, so many at a time. */
        void backlog(int inFlight);

        /** Sends the records on a schedule. */
        void live(Schedule schedule);
    }
}
