package dev.keyway.gateway.guarantees.check;

import dev.keyway.gateway.guarantees.journal.History;
import java.util.List;

/** Something that Keyway promises, judged by what was written down during a run and by nothing else. */
public interface Guarantee {
    /** All that are promised. A further one (exactly-once output) joins here, and its facts join {@link History}. */
    List<Guarantee> ALL =
            List.of(new NothingLost(), new KeyOrder(), new Exclusivity(), new BoundedMemory(), new Liveness());

    String name();

    Verdict judge(History history);
}
