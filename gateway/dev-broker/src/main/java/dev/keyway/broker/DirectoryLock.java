package dev.keyway.broker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a data directory to one broker. Kafka in combined mode opens the metadata log before it takes its own lock, so a
 * second broker on the same directory damages the first; this lock is taken before any of Kafka's code runs. The
 * operating system drops it when the process dies.
 */
record DirectoryLock(FileChannel channel, FileLock lock) implements AutoCloseable {

    static DirectoryLock take(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("keyway.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DirectoryLock(channel, lock);
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new IOException("another broker of this process uses the directory", e);
        }
        channel.close();
        throw new IOException("a broker of another process uses the directory");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
