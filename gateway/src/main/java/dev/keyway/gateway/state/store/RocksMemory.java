package dev.keyway.gateway.state.store;

import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * The native memory that all stores of a process share: blocks read, and what is written and not yet flushed. It is outside
 * of the heap. Close it after the stores. Any thread.
 */
public final class RocksMemory implements AutoCloseable {
    final LRUCache blocks;
    final WriteBufferManager writes;
    private boolean closed;

    /**
     * @param blockBytes for blocks, indexes and filters, and for the writes, which are charged to the same cache
     * @param writeBytes above it the largest write buffer is flushed; below {@code blockBytes}
     */
    public RocksMemory(long blockBytes, long writeBytes) {
        RocksDB.loadLibrary();
        blocks = new LRUCache(blockBytes);
        writes = new WriteBufferManager(writeBytes, blocks);
    }

    /** Bytes in use now; 0 once it is closed, when asking the library would end the process. */
    public synchronized long usedBytes() {
        return closed ? 0 : blocks.getUsage();
    }

    @Override
    public synchronized void close() {
        closed = true;
        writes.close();
        blocks.close();
    }
}
