package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One pass at a fixed rate, whatever comes back (an open model): every record is due at its time, and its latency
 * counts from then, also if it was sent late.
 */
final class LivePass {
    private static final long HEAD_START_NANOS = 100_000_000L;

    private final Stage stage;

    LivePass(Stage stage) {
        this.stage = stage;
    }

    /** @param workload has as many records as the schedule */
    Pass run(Caller caller, Workload workload, Schedule schedule, int serviceMicros) {
        return caller instanceof Caller.OfKafka kafka
                ? overKafka(kafka, workload, schedule, serviceMicros)
                : direct((Caller.OfMemory) caller, workload, schedule, serviceMicros);
    }

    private Pass direct(Caller.OfMemory caller, Workload workload, Schedule schedule, int serviceMicros) {
        caller.prepare(workload);
        stage.reset(workload, serviceMicros);
        Gauges gauges = stage.gauges(caller);
        gauges.resetPeaks();
        Arrivals arrivals = new Arrivals(stage, gauges);
        caller.live(schedule);
        Seen end = arrivals.await(workload.records());
        return pass(caller, workload, schedule, gauges, arrivals, end, null, new ArrayList<>());
    }

    private Pass overKafka(Caller.OfKafka caller, Workload workload, Schedule schedule, int serviceMicros) {
        List<String> topics = stage.topics().create(workload);
        stage.reset(workload, serviceMicros);
        List<String> groups = caller.begin(topics);
        try (Topics.Sender sender = stage.topics().liveSender(topics, workload)) {
            Gauges gauges = stage.gauges(caller);
            for (int i = 0; i < schedule.burst(); i++) {
                sender.send(i, 0);
            }
            sender.flush();
            new Arrivals(stage, gauges).await(schedule.burst());
            gauges.resetPeaks();
            Arrivals arrivals = new Arrivals(stage, gauges);
            long start = System.nanoTime() + HEAD_START_NANOS;
            CommitWatch watch = new CommitWatch(
                    topics, workload, schedule, start, () -> stage.commits().of(groups), System::nanoTime);
            CompletableFuture<Void> watching =
                    CompletableFuture.runAsync(watch, task -> new Thread(task, "commit-watch").start());
            schedule.pace(start, i -> sender.send(i, schedule.sent(i, start)));
            sender.flush();
            Seen end = arrivals.await(workload.records());
            List<String> faults = new ArrayList<>(stage.commits().awaitEnds(groups, Topics.ends(topics, workload)));
            watch.stop();
            watching.join();
            return pass(caller, workload, schedule, gauges, arrivals, end, Latency.of(watch.histogram()), faults);
        } finally {
            caller.end();
            stage.topics().delete(topics);
        }
    }

    private Pass pass(
            Caller caller,
            Workload workload,
            Schedule schedule,
            Gauges gauges,
            Arrivals arrivals,
            Seen end,
            Latency toCommit,
            List<String> faults) {
        faults.addAll(stage.seen().faults(workload, caller.ordered()));
        Latency toHandler = stage.latency();
        if (toHandler.count() != schedule.counted()) {
            faults.add(toHandler.count() + " latencies instead of " + schedule.counted());
        }
        if (toCommit != null && toCommit.count() != schedule.counted()) {
            faults.add(toCommit.count() + " commits were seen instead of " + schedule.counted());
        }
        return new Pass(
                Arrivals.perSecond(arrivals.first(), end),
                schedule.perSecond(),
                toHandler,
                toCommit,
                gauges.costs(arrivals.first(), arrivals.last()),
                end.serviceNanos(),
                stage.headers(),
                faults);
    }
}
