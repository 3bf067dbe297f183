package dev.keyway.admin.kafka;

import dev.keyway.codecs.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** TLS options of librdkafka, which speak of PEM files and OpenSSL, in the Java client's words. */
final class Tls {

    private static final String PROBE = "probe";
    private static final String PEM = "PEM";

    /** OpenSSL's names of the TLS 1.2 suites in use; those of TLS 1.3 are the same everywhere. */
    private static final Map<String, String> SUITES = Map.ofEntries(
            Map.entry("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
            Map.entry("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
            Map.entry("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
            Map.entry("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
            Map.entry("ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
            Map.entry("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
            Map.entry("ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
            Map.entry("ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
            Map.entry("DHE-RSA-AES128-GCM-SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
            Map.entry("DHE-RSA-AES256-GCM-SHA384", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
            Map.entry("DHE-RSA-CHACHA20-POLY1305", "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
            Map.entry("AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"),
            Map.entry("AES256-GCM-SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384"));

    private Tls() {}

    static void convert(Draft draft) {
        String location = draft.take("ssl.ca.location");
        if (location != null && !location.equals(PROBE)) {
            trust(draft, certificates("certificates", location));
        }
        String pem = draft.take("ssl.ca.pem");
        if (pem != null) {
            trust(draft, pem);
        }
        clientCertificate(draft);
        String identification = draft.take("ssl.endpoint.identification.algorithm");
        if (identification != null) {
            draft.set(
                    "ssl.endpoint.identification.algorithm",
                    identification.equalsIgnoreCase("none") ? "" : identification);
        }
        if ("false".equals(draft.take("enable.ssl.certificate.verification"))) {
            if (draft.has("ssl.engine.factory.class")) {
                draft.problem(
                        "enable.ssl.certificate.verification", "cannot be combined with ssl.engine.factory.class");
            }
            draft.set("ssl.engine.factory.class", UnverifiedSslEngineFactory.class.getName());
            draft.set("ssl.endpoint.identification.algorithm", "");
        }
        String suites = draft.take("ssl.cipher.suites");
        if (suites != null) {
            draft.set("ssl.cipher.suites", Draft.plain(suites) ? suites(draft, suites) : suites);
        }
    }

    private static void trust(Draft draft, String certificates) {
        draft.set("ssl.truststore.type", PEM);
        draft.set("ssl.truststore.certificates", certificates);
    }

    private static void clientCertificate(Draft draft) {
        String keyFile = draft.take("ssl.key.location");
        String certificateFile = draft.take("ssl.certificate.location");
        String key = keyFile == null ? draft.take("ssl.key.pem") : certificates("file", keyFile);
        String certificate =
                certificateFile == null ? draft.take("ssl.certificate.pem") : certificates("file", certificateFile);
        if (key == null && certificate == null) {
            return;
        }
        if (key == null) {
            draft.problem("ssl.key.location", "is missing; the client certificate needs its private key");
        } else if (certificate == null) {
            draft.problem("ssl.certificate.location", "is missing; the private key needs its certificate");
        } else {
            draft.set("ssl.keystore.type", PEM);
            draft.set("ssl.keystore.key", key);
            draft.set("ssl.keystore.certificate.chain", certificate);
        }
    }

    /** A reference to the file's content; a path that is a reference itself already gives the content. */
    private static String certificates(String kind, String path) {
        return Draft.plain(path) ? "${" + kind + ":" + path + "}" : path;
    }

    private static String suites(Draft draft, String list) {
        List<String> supported = supported();
        List<String> names = Arrays.stream(list.split("[:, ]+"))
                .filter(name -> !name.isEmpty())
                .map(name -> SUITES.getOrDefault(name, name))
                .toList();
        for (String name : names) {
            if (!supported.contains(name)) {
                draft.problem(
                        "ssl.cipher.suites",
                        "has '" + name + "', which this JVM does not offer; wanted for example " + supported.get(0)
                                + Nearest.hint(name, supported));
            }
        }
        return String.join(",", names);
    }

    private static List<String> supported() {
        try {
            return List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JVM has no TLS", e);
        }
    }
}
