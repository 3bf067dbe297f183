package dev.keyway.admin.module.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The files that an async transport names: by path, or by {@code classpath:} and a resource. */
public final class PemText {

    private static final String CLASSPATH = "classpath:";
    private static final int MAX = 1 << 20;

    private PemText() {}

    /**
     * The content, at most 1 MiB. Blocks: not for event loops.
     *
     * @throws IllegalArgumentException if it cannot be read; the message says why, without the location
     */
    public static String read(String location) {
        try {
            if (!location.startsWith(CLASSPATH)) {
                Path file = Path.of(location);
                if (Files.size(file) > MAX) {
                    throw new IllegalArgumentException("the file is larger than 1 MiB");
                }
                return Files.readString(file);
            }
            String name = location.substring(CLASSPATH.length()).replaceFirst("^/+", "");
            try (InputStream in = PemText.class.getClassLoader().getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalArgumentException("there is no such resource on the class path");
                }
                return new String(in.readNBytes(MAX), StandardCharsets.UTF_8);
            }
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the file is not text", e);
        } catch (IOException | java.nio.file.InvalidPathException e) {
            throw new IllegalArgumentException("the file cannot be read: " + e.getMessage(), e);
        }
    }
}
