package dev.keyway.codecs;

import java.util.Map;

/**
 * Makes the codecs of one name. Registered for {@link java.util.ServiceLoader} in
 * {@code META-INF/services/dev.keyway.codecs.CodecProvider}; third parties add their own by putting a jar on the class
 * path.
 */
public interface CodecProvider {

    /** The name used in registrations: lower case, for example {@code json}. */
    String name();

    /**
     * A codec with these options.
     *
     * @throws CodecException if an option is unknown, missing or bad; the message names it, what was found and what
     *     would be right
     */
    Codec create(Map<String, String> options) throws CodecException;
}
