package dev.keyway.gateway.invoke;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Restate's invocation ids: 8 bytes of the key's hash, then 16 that are stable for one record. */
public final class InvocationIds {
    private static final int LENGTH = 24;
    private static final int KEY_PART = 8;

    private InvocationIds() {}

    public static byte[] of(byte[] key, String idempotencyKey) {
        byte[] keyHash = sha256(key);
        byte[] unique = sha256(idempotencyKey.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.allocate(LENGTH)
                .put(Arrays.copyOf(keyHash, KEY_PART))
                .put(Arrays.copyOf(unique, LENGTH - KEY_PART))
                .array();
    }

    private static byte[] sha256(byte[] input) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(input);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
