package dev.keyway.admin.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Random;

/**
 * The directory of one instance, held by one live process at a time. The lock goes with the process, so a crash leaves
 * nothing behind. Blocks: not for event loops.
 */
public final class DataDir implements AutoCloseable {

    private static final String LOCK = "lock";
    private static final String ID = "instance-id";
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int ID_LENGTH = 12;

    private final Path directory;
    private final FileChannel channel;

    private DataDir(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Creates the directory if needed and takes it.
     *
     * @throws ConfigException if another live process has it or it cannot be written
     */
    public static DataDir open(Path directory) {
        FileChannel channel = null;
        try {
            Files.createDirectories(directory);
            channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel)) {
                return new DataDir(directory, channel);
            }
            channel.close();
        } catch (IOException e) {
            close(channel, e);
            throw refused(directory, "cannot be used as data-dir: " + e);
        }
        throw refused(
                directory,
                "is the data-dir of another live Keyway process; give each instance its own (data-dir or "
                        + ConfigKeys.DATA_DIR.variable() + ")");
    }

    private static boolean lock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static void close(FileChannel channel, IOException cause) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static ConfigException refused(Path directory, String message) {
        return new ConfigException(java.util.List.of(new ConfigException.Problem(
                directory.toAbsolutePath().normalize().toString(), null, message)));
    }

    /** The configuration with an instance id: the configured one, else the one kept here, made at the first use. */
    public KeywayConfig complete(KeywayConfig config) {
        return config.instanceId() != null ? config : config.withInstanceId(instanceId(new SecureRandom()));
    }

    String instanceId(Random random) {
        Path file = directory.resolve(ID);
        try {
            String id = Files.readString(file).strip();
            if (ConfigKeys.INSTANCE_ID.type().parse(id) != null) {
                return id;
            }
            throw refused(
                    file,
                    "does not hold an instance id; wanted "
                            + ConfigKeys.INSTANCE_ID.type().wanted());
        } catch (NoSuchFileException e) {
            return persist(file, create(random));
        } catch (IOException e) {
            throw refused(file, "cannot be read: " + e);
        }
    }

    /** The file appears complete or not at all, so a crash here costs only a new id at the next start. */
    private static String persist(Path file, String id) {
        Path unfinished = file.resolveSibling(ID + ".new");
        try {
            try (FileChannel out = FileChannel.open(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                out.write(StandardCharsets.UTF_8.encode(id + "\n"));
                out.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            return id;
        } catch (IOException e) {
            throw refused(file, "cannot be written: " + e);
        }
    }

    private static String create(Random random) {
        StringBuilder id = new StringBuilder("kw-");
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    /** Frees the directory for the next process. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
