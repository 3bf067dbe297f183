package dev.keyway.gateway.invoke;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/** Encrypts a private key as {@code openssl pkcs8 -topk8 -v2 aes256} does (RFC 8018, PBES2). */
final class EncryptedKey {
    private static final String ALGORITHM = "PBEWithHmacSHA256AndAES_256";
    private static final String PBES2 = "06092a864886f70d01050d";
    private static final String PBKDF2 = "06092a864886f70d01050c";
    private static final String HMAC_SHA256 = "06082a864886f70d02090500";
    private static final String AES256_CBC = "060960864801650304012a";
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 4;
    private static final int INTEGER = 2;

    private EncryptedKey() {}

    static String pem(String plainPem, String password) throws Exception {
        byte[] plain = Base64.getMimeDecoder().decode(plainPem.replaceAll("-----[A-Z ]+-----", ""));
        byte[] salt = "saltsalt".getBytes(StandardCharsets.UTF_8);
        byte[] iv = new byte[16];
        Cipher cipher = Cipher.getInstance(ALGORITHM);
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance(ALGORITHM).generateSecret(new PBEKeySpec(password.toCharArray())),
                new PBEParameterSpec(salt, 0x800, new IvParameterSpec(iv)));
        byte[] derivation = der(
                SEQUENCE,
                hex(PBKDF2),
                der(SEQUENCE, der(OCTETS, salt), der(INTEGER, hex("0800")), der(SEQUENCE, hex(HMAC_SHA256))));
        byte[] encryption = der(SEQUENCE, hex(AES256_CBC), der(OCTETS, iv));
        byte[] all = der(
                SEQUENCE,
                der(SEQUENCE, hex(PBES2), der(SEQUENCE, derivation, encryption)),
                der(OCTETS, cipher.doFinal(plain)));
        return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(all) + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] der(int tag, byte[]... content) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        for (byte[] piece : content) {
            inner.writeBytes(piece);
        }
        int length = inner.size();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(inner.toByteArray());
        return out.toByteArray();
    }
}
