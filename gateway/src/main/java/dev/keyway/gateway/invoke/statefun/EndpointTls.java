package dev.keyway.gateway.invoke.statefun;

import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.admin.module.TransportSpec;
import dev.keyway.admin.module.load.PemText;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Trust and client certificate of an endpoint. Reads files: not for event loops. */
final class EndpointTls {
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

    private EndpointTls() {}

    /** @throws IllegalArgumentException if they cannot be used; the message names endpoint and setting, and no secret */
    static ClientSSLOptions options(FunctionEndpoint endpoint) {
        ClientSSLOptions options = new ClientSSLOptions();
        TransportSpec.Tls files = endpoint.transport().tls();
        if (files.trustCertificates() != null) {
            options.setTrustOptions(new PemTrustOptions()
                    .addCertValue(Buffer.buffer(read(endpoint, "trust_cacerts", files.trustCertificates()))));
        }
        if (files.clientKey() != null) {
            String key = read(endpoint, "client_key", files.clientKey());
            if (key.contains(ENCRYPTED)) {
                key = decrypted(endpoint, key, files.clientKeyPassword());
            }
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(read(endpoint, "client_cert", files.clientCertificate())))
                    .addKeyValue(Buffer.buffer(key)));
        }
        return options;
    }

    private static String read(FunctionEndpoint endpoint, String setting, String location) {
        try {
            return PemText.read(location);
        } catch (IllegalArgumentException e) {
            throw problem(endpoint, setting, e.getMessage(), e);
        }
    }

    private static String decrypted(FunctionEndpoint endpoint, String pem, String passwordFile) {
        if (passwordFile == null) {
            throw problem(endpoint, "client_key", "is encrypted; wanted client_key_password too", null);
        }
        // The password is the file's text; editors end files with a line break, which no password ends with.
        String password = read(endpoint, "client_key_password", passwordFile).replaceFirst("\\R\\z", "");
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray());
        try {
            EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(der(pem));
            AlgorithmParameters parameters = encrypted.getAlgParameters();
            // PKCS#5 v2 names its ciphers in its parameters, v1 in its algorithm.
            String algorithm = encrypted.getAlgName().equals("PBES2") ? parameters.toString() : encrypted.getAlgName();
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE, SecretKeyFactory.getInstance(algorithm).generateSecret(spec), parameters);
            byte[] key = encrypted.getKeySpec(cipher).getEncoded();
            return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                    + "\n-----END PRIVATE KEY-----\n";
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw problem(endpoint, "client_key", "cannot be decrypted with client_key_password", e);
        } finally {
            spec.clearPassword();
        }
    }

    private static byte[] der(String pem) {
        String begin = "-----BEGIN " + ENCRYPTED + "-----";
        int from = pem.indexOf(begin);
        int to = pem.indexOf("-----END " + ENCRYPTED + "-----");
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no " + ENCRYPTED);
        }
        return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
    }

    private static IllegalArgumentException problem(
            FunctionEndpoint endpoint, String setting, String what, Throwable cause) {
        return new IllegalArgumentException("endpoint " + endpoint.functions() + ": " + setting + ": " + what, cause);
    }
}
