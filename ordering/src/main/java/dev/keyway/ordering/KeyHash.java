package dev.keyway.ordering;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * A seeded hash of a keyed instance: SipHash-1-3 (Aumasson and Bernstein, 2012) over owner and raw key. Keys come from
 * strangers; without the seed nobody can prepare keys that collide and turn every look-up into a walk. Immutable; any
 * thread.
 */
public final class KeyHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long k0;
    private final long k1;

    /** A hash with a given seed, for tests and for values that must be equal in several places. */
    public KeyHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** A hash with a seed that nobody knows. */
    public static KeyHash random() {
        SecureRandom random = new SecureRandom();
        return new KeyHash(random.nextLong(), random.nextLong());
    }

    /**
     * The hash of a keyed instance; never 0.
     *
     * @param owner number of the keyed service
     * @param key raw key bytes
     */
    public int of(int owner, byte[] key) {
        long hash = sip(owner, key);
        int folded = (int) (hash ^ (hash >>> 32));
        return folded == 0 ? 1 : folded;
    }

    private long sip(int owner, byte[] key) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        int length = key.length;
        int words = length >>> 3;
        // Word -1 is the owner, word "words" holds the rest and the length.
        for (int i = -1; i <= words; i++) {
            long m;
            if (i < 0) {
                m = owner;
            } else if (i < words) {
                m = (long) LONGS.get(key, i << 3);
            } else {
                m = rest(key, words << 3);
            }
            v3 ^= m;
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= m;
        }
        v2 ^= 0xff;
        for (int i = 0; i < 3; i++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long rest(byte[] key, int from) {
        long m = (long) key.length << 56;
        for (int i = key.length - 1; i >= from; i--) {
            m |= (key[i] & 0xffL) << ((i - from) << 3);
        }
        return m;
    }
}
