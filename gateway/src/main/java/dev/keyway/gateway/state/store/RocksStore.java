package dev.keyway.gateway.state.store;

import dev.keyway.gateway.state.record.RecordKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A store in a RocksDB of its own. There is no write-ahead log: the changelog is one. Write buffers are flushed in the order
 * of the writes and a write is never split, so that after a crash the files hold everything up to some write, its position
 * included, and nothing of the next one. RocksDB's own lock keeps a second process out.
 */
public final class RocksStore implements Store {
    private static final byte[] POSITION = {0, 0};
    private static final long WRITE_BUFFER = 16L << 20;
    private static final int FILTER_BITS = 10;
    private static final int OPEN_FILES = 64;
    private static final int LOG_FILES = 2;
    private static final long LOG_BYTES = 1L << 20;

    private final Path directory;
    private final BloomFilter filter = new BloomFilter(FILTER_BITS, false);
    private final Options options;
    private final WriteOptions writing = new WriteOptions().setDisableWAL(true);
    private final FlushOptions flushing = new FlushOptions().setWaitForFlush(true);
    private final RocksDB db;
    private Position position;
    private boolean closed;

    /** @throws StoreException if the files are damaged or held by another process */
    public RocksStore(Path directory, RocksMemory memory) {
        this.directory = directory;
        this.options = new Options()
                .setCreateIfMissing(true)
                .setWriteBufferManager(memory.writes)
                .setWriteBufferSize(WRITE_BUFFER)
                .setMaxOpenFiles(OPEN_FILES)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(LOG_FILES)
                .setMaxLogFileSize(LOG_BYTES)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(memory.blocks)
                        .setFilterPolicy(filter)
                        .setCacheIndexAndFilterBlocks(true)
                        .setPinL0FilterAndIndexBlocksInCache(true));
        RocksDB opened = null;
        try {
            Files.createDirectories(directory);
            opened = RocksDB.open(options, directory.toString());
            position = Position.decode(opened.get(POSITION));
            db = opened;
        } catch (IOException | RocksDBException e) {
            if (opened != null) {
                opened.close();
            }
            closeOptions();
            throw new StoreException("the store in " + directory + " cannot be opened: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] get(byte[] key) {
        usable();
        try {
            return db.get(key);
        } catch (RocksDBException e) {
            throw failed("read", e);
        }
    }

    @Override
    public void scan(byte[] prefix, byte[] from, Visitor visitor) {
        usable();
        byte[] start = Arrays.compareUnsigned(prefix, from) > 0 ? prefix : from;
        // Without the bound the iterator would walk over the tombstones of everything behind the prefix.
        try (Slice bound = new Slice(RecordKeys.after(prefix));
                ReadOptions reading = new ReadOptions().setIterateUpperBound(bound)) {
            try (RocksIterator entries = db.newIterator(reading)) {
                for (entries.seek(start); entries.isValid(); entries.next()) {
                    if (!visitor.visit(entries.key(), entries.value())) {
                        return;
                    }
                }
                entries.status();
            }
        } catch (RocksDBException e) {
            throw failed("read", e);
        }
    }

    @Override
    public void write(List<Entry> batch, Position at) {
        usable();
        try (WriteBatch writes = new WriteBatch()) {
            for (Entry entry : batch) {
                if (entry.value() == null) {
                    writes.delete(entry.key());
                } else {
                    writes.put(entry.key(), entry.value());
                }
            }
            writes.put(POSITION, at.encode());
            db.write(writing, writes);
            position = at;
        } catch (RocksDBException e) {
            throw failed("written", e);
        }
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public void checkpoint() {
        usable();
        try {
            db.flush(flushing);
        } catch (RocksDBException e) {
            throw failed("flushed", e);
        }
    }

    /** Files of this store on the disk, in bytes. */
    public long fileBytes() {
        usable();
        try {
            return db.getLongProperty("rocksdb.total-sst-files-size");
        } catch (RocksDBException e) {
            throw failed("read", e);
        }
    }

    /** A call after the close would end the process. */
    private void usable() {
        if (closed) {
            throw new StoreException("the store in " + directory + " is closed", null);
        }
    }

    private StoreException failed(String what, RocksDBException e) {
        return new StoreException("the store in " + directory + " cannot be " + what + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Closing flushes what is in memory, a whole write at least; that is as good as a crash after it.
            db.close();
            closeOptions();
        }
    }

    private void closeOptions() {
        flushing.close();
        writing.close();
        options.close();
        filter.close();
    }
}
