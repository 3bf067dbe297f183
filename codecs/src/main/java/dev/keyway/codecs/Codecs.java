package dev.keyway.codecs;

import java.security.CodeSource;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The payload codecs known to a process, by name: those of this module and those of every jar on the class path that
 * registers a {@link CodecProvider}. Loaded once, immutable afterwards; any thread.
 */
public final class Codecs {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]*");

    private final SortedMap<String, CodecProvider> providers;

    private Codecs(SortedMap<String, CodecProvider> providers) {
        this.providers = providers;
    }

    /**
     * Finds the codecs visible to the class loader.
     *
     * @throws CodecException if a provider can't be loaded, has a bad name, or has the name of another one; the message
     *     names the classes and the jars that they came from
     */
    public static Codecs load(ClassLoader loader) throws CodecException {
        TreeMap<String, CodecProvider> found = new TreeMap<>();
        Iterator<CodecProvider> all =
                ServiceLoader.load(CodecProvider.class, loader).iterator();
        try {
            while (all.hasNext()) {
                add(found, all.next());
            }
        } catch (ServiceConfigurationError e) {
            throw new CodecException("cannot load a codec: " + e.getMessage(), e);
        }
        return new Codecs(found);
    }

    private static void add(Map<String, CodecProvider> found, CodecProvider provider) throws CodecException {
        String name = provider.name();
        if (name == null || !NAME.matcher(name).matches()) {
            throw new CodecException("codec provider " + whence(provider) + " has the name '" + name
                    + "'; a name is lower case and matches " + NAME.pattern());
        }
        CodecProvider other = found.putIfAbsent(name, provider);
        if (other != null) {
            throw new CodecException("two codec providers are named '" + name + "': " + whence(other) + " and "
                    + whence(provider) + "; take one of them off the class path");
        }
    }

    private static String whence(CodecProvider provider) {
        Class<?> type = provider.getClass();
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return type.getName() + " in "
                + (source == null || source.getLocation() == null ? "an unknown place" : source.getLocation());
    }

    /** The known names, sorted. */
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(providers.keySet()));
    }

    /**
     * Makes a codec.
     *
     * @throws CodecException if no codec has this name, or the codec refuses the options
     */
    public Codec create(String name, Map<String, String> options) throws CodecException {
        CodecProvider provider = providers.get(name);
        if (provider == null) {
            throw new CodecException("no codec is named '" + name + "'; known codecs: "
                    + String.join(", ", providers.keySet()) + Nearest.hint(name, providers.keySet()));
        }
        return provider.create(options);
    }
}
