package dev.keyway.gateway.invoke;

import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/** Encrypts a private key as {@code openssl pkcs8 -topk8 -v2 aes256} does. */
final class EncryptedKey {
    private static final String ALGORITHM = "PBEWithHmacSHA256AndAES_256";

    private EncryptedKey() {}

    static String pem(String plainPem, String password) throws Exception {
        byte[] plain = Base64.getMimeDecoder().decode(plainPem.replaceAll("-----[A-Z ]+-----", ""));
        Cipher cipher = Cipher.getInstance(ALGORITHM);
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance(ALGORITHM).generateSecret(new PBEKeySpec(password.toCharArray())),
                new PBEParameterSpec(
                        "saltsalt".getBytes(StandardCharsets.UTF_8), 2_048, new IvParameterSpec(new byte[16])));
        AlgorithmParameters parameters = cipher.getParameters();
        byte[] encrypted = new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(plain)).getEncoded();
        return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(encrypted) + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
    }
}
