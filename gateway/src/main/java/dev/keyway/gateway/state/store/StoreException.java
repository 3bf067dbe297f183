package dev.keyway.gateway.state.store;

import org.rocksdb.RocksDBException;

/** A store that cannot be opened, read or written. The message names its directory. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean damaged;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
        this.damaged = cause instanceof RocksDBException rocks && isDamage(rocks);
    }

    /** Whether the files cannot be used by anybody, so that making them anew helps. */
    public boolean damaged() {
        return damaged;
    }

    /** Not a full disk, a missing right or another process. */
    private static boolean isDamage(RocksDBException e) {
        if (e.getStatus() == null) {
            return false;
        }
        return switch (e.getStatus().getCode()) {
            case Corruption, InvalidArgument, NotSupported -> true;
            default -> false;
        };
    }
}
