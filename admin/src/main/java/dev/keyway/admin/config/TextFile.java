package dev.keyway.admin.config;

import dev.keyway.admin.config.ConfigException.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The text of a configuration file, at most 1 MiB. */
final class TextFile {

    private static final long MAX = 1 << 20;

    private TextFile() {}

    /** @throws ConfigException if the file cannot be read, is larger or is not UTF-8 */
    static String read(Path file) {
        String fault;
        try {
            if (Files.isDirectory(file)) {
                fault = "is a directory";
            } else if (Files.size(file) <= MAX) {
                return Files.readString(file);
            } else {
                fault = "is larger than " + ByteSize.format(MAX);
            }
        } catch (NoSuchFileException e) {
            fault = "does not exist";
        } catch (CharacterCodingException e) {
            fault = "is not UTF-8";
        } catch (IOException e) {
            fault = "cannot be read: " + e.getMessage();
        }
        throw new ConfigException(List.of(new Problem(file.toString(), null, fault)));
    }
}
