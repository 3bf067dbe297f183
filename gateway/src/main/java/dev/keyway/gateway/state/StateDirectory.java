package dev.keyway.gateway.state;

import dev.keyway.gateway.state.store.RocksMemory;
import dev.keyway.gateway.state.store.RocksStore;
import dev.keyway.gateway.state.store.Store;
import dev.keyway.gateway.state.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local stores of an instance, {@code <data-dir>/state/<changelog>/<slot>} each. They only save time: whatever is wrong
 * with one, it is deleted and made again from the changelog. Blocking; any worker thread, one slot at a time.
 */
public final class StateDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);

    private final Path directory;
    private final RocksMemory memory;
    private final Set<Integer> open = new HashSet<>();

    /** @param dataDir which the process has locked ({@code DataDir}); RocksDB locks each slot besides */
    public StateDirectory(Path dataDir, String changelog, RocksMemory memory) {
        this.directory = dataDir.resolve("state").resolve(changelog);
        this.memory = memory;
    }

    private Path of(int slot) {
        return directory.resolve(Integer.toString(slot));
    }

    /**
     * Opens the store of a slot as it was left, or an empty one. Damaged files, and those of another version, are deleted.
     *
     * @throws StoreException if the directory cannot be used, or another process has the store
     */
    Store open(int slot) {
        synchronized (open) {
            if (!open.add(slot)) {
                throw new StoreException("the store of slot " + slot + " is in use by this process", null);
            }
        }
        try {
            boolean found = Files.exists(of(slot));
            Store store;
            try {
                store = new RocksStore(of(slot), memory);
            } catch (StoreException e) {
                if (!e.damaged()) {
                    throw e;
                }
                LOG.atWarn()
                        .addKeyValue("slot", slot)
                        .addKeyValue("cause", e.getMessage())
                        .log("Local state is discarded");
                delete(slot);
                return new RocksStore(of(slot), memory);
            }
            if (store.position() == null && found) {
                store.close();
                delete(slot);
                store = new RocksStore(of(slot), memory);
            }
            return store;
        } catch (RuntimeException e) {
            closed(slot);
            throw e;
        }
    }

    /** Deletes the files of an open store, closes it, and opens an empty one. */
    Store discard(int slot, Store store) {
        store.close();
        delete(slot);
        return new RocksStore(of(slot), memory);
    }

    /** The store of this slot was closed. */
    void closed(int slot) {
        synchronized (open) {
            open.remove(slot);
        }
    }

    private void delete(int slot) {
        try (Stream<Path> files = Files.walk(of(slot))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Nothing to delete.
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException("the files of " + of(slot) + " cannot be deleted: " + e, e);
        }
    }
}
