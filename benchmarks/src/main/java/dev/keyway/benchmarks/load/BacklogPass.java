package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/**
 * One pass as fast as possible: the records wait in the topics, or in the bare loop's memory. Latency has no meaning
 * then, as a record's wait is the backlog's length. The rate is the handler's, from where it has settled to the last
 * call.
 */
final class BacklogPass {
    private final Stage stage;

    BacklogPass(Stage stage) {
        this.stage = stage;
    }

    /** @param topics filled with the workload, for callers that read topics */
    Pass run(Caller caller, Workload workload, List<String> topics, int serviceMicros) {
        List<String> groups = List.of();
        if (caller instanceof Caller.OfMemory memory) {
            memory.prepare(workload);
        }
        stage.reset(workload, serviceMicros);
        if (caller instanceof Caller.OfKafka kafka) {
            groups = kafka.begin(topics);
        }
        try {
            Gauges gauges = stage.gauges(caller);
            gauges.resetPeaks();
            Arrivals arrivals = new Arrivals(stage, gauges);
            if (caller instanceof Caller.OfMemory memory) {
                memory.backlog(stage.inFlight(serviceMicros));
            }
            Seen end = arrivals.await(workload.records());
            Sample from = arrivals.samples().get(Settling.from(arrivals.samples()));
            List<String> faults = new ArrayList<>();
            if (!groups.isEmpty()) {
                faults.addAll(stage.commits().awaitEnds(groups, Topics.ends(topics, workload)));
            }
            // Asked again, because a call too many may come while the commits are awaited.
            faults.addAll(stage.seen().faults(workload, caller.ordered()));
            return new Pass(
                    Arrivals.perSecond(from, end),
                    0,
                    null,
                    null,
                    gauges.costs(from, arrivals.last()),
                    end.serviceNanos(),
                    stage.headers(),
                    faults);
        } finally {
            if (caller instanceof Caller.OfKafka kafka) {
                kafka.end();
            }
        }
    }
}
