package dev.keyway.admin.module;

import dev.keyway.admin.model.OnFailure;
import org.slf4j.event.Level;

/**
 * What happens to a record that cannot become an invocation: no key, or no value. Immutable.
 *
 * @param action {@code fail} is {@link OnFailure#PAUSE}, {@code skip} is {@link OnFailure#DISCARD}
 * @param level of the log line that names topic, partition and offset
 */
public record InvalidRecords(OnFailure action, Level level) {}
