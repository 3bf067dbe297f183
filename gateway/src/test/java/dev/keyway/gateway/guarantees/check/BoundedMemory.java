package dev.keyway.gateway.guarantees.check;

import dev.keyway.gateway.guarantees.journal.Bounds;
import dev.keyway.gateway.guarantees.journal.Happening;
import dev.keyway.gateway.guarantees.journal.History;
import dev.keyway.gateway.guarantees.journal.Sample;

/**
 * No instance ever holds more than its bounds say, none ends by itself (an instance that is out of memory does), and
 * when everything is done nothing is held.
 */
final class BoundedMemory implements Guarantee {
    @Override
    public String name() {
        return "bounded memory";
    }

    @Override
    public Verdict judge(History history) {
        Verdict verdict = new Verdict();
        Bounds bounds = history.bounds();
        for (Happening happening : history.happenings()) {
            if (happening.kind() == Happening.Kind.DIED) {
                verdict.violated("an instance ended by itself: " + happening);
            }
        }
        for (Sample sample : history.samples()) {
            // One poll may bring records of one partition only, so each may pass its bound by a whole poll.
            long records = (long) sample.partitions() * (bounds.partitionRecords() + bounds.pollRecords());
            if (sample.unfinished() > records) {
                verdict.violated("more than " + records + " records in hand: " + sample);
            }
            long bytes = bounds.processBytes()
                    + (long) Math.max(1, sample.partitions()) * bounds.pollRecords() * bounds.recordBytes();
            if (sample.heldBytes() > bytes) {
                verdict.violated("more than " + bytes + " bytes of records in hand: " + sample);
            }
            if (sample.residentBytes() > bounds.residentBytes()) {
                verdict.violated("more memory than " + bounds.residentBytes() + " bytes: " + sample);
            }
            if (sample.atRest() && (sample.entries() > 0 || sample.heldBytes() > 0 || sample.unfinished() > 0)) {
                verdict.violated("still held when everything was done: " + sample);
            }
        }
        return verdict;
    }
}
