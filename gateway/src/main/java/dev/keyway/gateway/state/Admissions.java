package dev.keyway.gateway.state;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;

/** Judges arrivals by the marks, in their order; one lot waits until the marks of the one before are read. The owner only. */
final class Admissions {
    private final ShardStore store;
    private final Marks marks;
    private final ArrayDeque<Admission> waiting = new ArrayDeque<>();

    private record Admission(List<Arrival> arrivals, Promise<List<Boolean>> answer) {}

    Admissions(ShardStore store, Marks marks) {
        this.store = store;
        this.marks = marks;
    }

    Future<List<Boolean>> admit(List<Arrival> arrivals) {
        Promise<List<Boolean>> answer = Promise.promise();
        waiting.add(new Admission(arrivals, answer));
        if (waiting.size() == 1) {
            serve();
        }
        return answer.future();
    }

    private void serve() {
        while (!waiting.isEmpty()) {
            Set<Bytes> keys = new LinkedHashSet<>();
            boolean allKnown = true;
            for (Arrival arrival : waiting.peek().arrivals()) {
                Bytes key = Marks.key(arrival.origin());
                keys.add(key);
                allKnown &= marks.knows(key);
            }
            if (!allKnown) {
                // Those that are known as well: what is loaded first may push them off the heap before they are judged.
                store.lookUp(keys, (found, failed) -> {
                    if (failed == null) {
                        judge(waiting.poll(), found);
                    } else {
                        waiting.poll().answer().fail(failed);
                    }
                    serve();
                });
                return;
            }
            judge(waiting.poll(), Map.of());
        }
    }

    private void judge(Admission admission, Map<Bytes, byte[]> found) {
        List<Boolean> accepted = new ArrayList<>(admission.arrivals().size());
        for (Arrival arrival : admission.arrivals()) {
            Bytes key = Marks.key(arrival.origin());
            if (!marks.knows(key)) {
                marks.load(key, found.get(key));
            }
            accepted.add(marks.admit(key, arrival.offset(), arrival.inboxOffset()));
        }
        admission.answer().complete(accepted);
    }
}
