package dev.keyway.admin.registry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts single values with AES-256-GCM under one configured key. A sealed value is
 * {@code keyway-sealed:1:<key id>:<base64 of nonce and ciphertext>}; the place where it stands is authenticated with it,
 * so that it cannot be moved to another property. Immutable; any thread.
 */
final class Seal {

    static final String MARK = "keyway-sealed:";

    private static final String PREFIX = MARK + "1:";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final String keyId;
    private final SecureRandom random = new SecureRandom();

    private Seal(byte[] bytes) {
        this.key = new SecretKeySpec(bytes, "AES");
        this.keyId = idOf(bytes);
    }

    /** @throws RegistryException if the key is not base64 of 32 bytes; the message does not show it */
    static Seal of(String base64Key) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64Key.strip());
        } catch (IllegalArgumentException e) {
            throw badKey("it is not base64");
        }
        if (bytes.length != KEY_BYTES) {
            throw badKey("it holds " + bytes.length + " bytes");
        }
        return new Seal(bytes);
    }

    private static RegistryException badKey(String found) {
        return new RegistryException(
                RegistryException.Kind.UNUSABLE,
                "registry.secret-key must be base64 of " + KEY_BYTES + " random bytes, but " + found
                        + "; make one with: openssl rand -base64 " + KEY_BYTES);
    }

    private static String idOf(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    String keyId() {
        return keyId;
    }

    String seal(String place, String plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] text = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(plain.getBytes(StandardCharsets.UTF_8));
            byte[] all = ByteBuffer.allocate(nonce.length + text.length)
                    .put(nonce)
                    .put(text)
                    .array();
            return PREFIX + keyId + ":" + Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES-GCM", e);
        }
    }

    /** @throws RegistryException if the value was sealed with another key, for another place, or was changed */
    String open(String place, String sealed) {
        String[] parts = sealed.split(":", 4);
        if (parts.length != 4 || !sealed.startsWith(PREFIX)) {
            throw cannotOpen(place, "it was sealed by a newer Keyway");
        }
        if (!parts[2].equals(keyId)) {
            throw cannotOpen(
                    place, "it was sealed with key " + parts[2] + ", and registry.secret-key here is key " + keyId);
        }
        try {
            byte[] all = Base64.getDecoder().decode(parts[3]);
            byte[] plain = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(all, NONCE_BYTES), place)
                    .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
            return new String(plain, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw cannotOpen(place, "it was changed after it was sealed");
        }
    }

    static RegistryException cannotOpen(String place, String why) {
        return new RegistryException(
                RegistryException.Kind.UNUSABLE, "the encrypted value of " + place + " cannot be read: " + why);
    }

    /** The key id that a sealed value names. */
    static String keyIdOf(String sealed) {
        String[] parts = sealed.split(":", 4);
        return parts.length == 4 ? parts[2] : "?";
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
