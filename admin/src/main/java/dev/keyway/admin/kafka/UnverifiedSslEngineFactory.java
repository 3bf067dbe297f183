package dev.keyway.admin.kafka;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * TLS without any check of the broker's certificate, for {@code enable.ssl.certificate.verification=false}. The Kafka
 * client creates it by name. The client's own certificate comes from the default factory.
 */
public final class UnverifiedSslEngineFactory implements SslEngineFactory {

    private final DefaultSslEngineFactory standard = new DefaultSslEngineFactory();
    private SSLContext context;
    private String[] suites;
    private String[] protocols;

    @Override
    public void configure(Map<String, ?> configs) {
        standard.configure(configs);
        suites = array(configs.get(SslConfigs.SSL_CIPHER_SUITES_CONFIG));
        protocols = array(configs.get(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG));
        try {
            context = SSLContext.getInstance(String.valueOf(configs.get(SslConfigs.SSL_PROTOCOL_CONFIG)));
            context.init(keys(configs), new TrustManager[] {new TrustAll()}, null);
        } catch (GeneralSecurityException e) {
            throw new KafkaException("cannot set up TLS without verification", e);
        }
    }

    private KeyManager[] keys(Map<String, ?> configs) throws GeneralSecurityException {
        KeyStore store = standard.keystore();
        if (store == null) {
            return new KeyManager[0];
        }
        Object password = configs.get(SslConfigs.SSL_KEY_PASSWORD_CONFIG);
        if (password == null) {
            password = configs.get(SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(
                store, password == null ? null : ((Password) password).value().toCharArray());
        return factory.getKeyManagers();
    }

    private static String[] array(Object list) {
        return list instanceof List<?> entries && !entries.isEmpty()
                ? entries.stream().map(String::valueOf).toArray(String[]::new)
                : null;
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        SSLEngine engine = context.createSSLEngine(peerHost, peerPort);
        engine.setUseClientMode(true);
        if (suites != null) {
            engine.setEnabledCipherSuites(suites);
        }
        if (protocols != null) {
            engine.setEnabledProtocols(protocols);
        }
        return engine;
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        throw new UnsupportedOperationException("for clients only");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return standard.shouldBeRebuilt(nextConfigs);
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return standard.reconfigurableConfigs();
    }

    @Override
    public KeyStore keystore() {
        return standard.keystore();
    }

    @Override
    public KeyStore truststore() {
        return null;
    }

    @Override
    public void close() {
        standard.close();
    }

    /** The extended kind, which JSSE does not wrap with checks of its own. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
