package dev.keyway.admin.module;

import java.time.Duration;

/**
 * How an endpoint is called. Immutable. Both transports of StateFun become Keyway's own client; what differs is when an
 * attempt is repeated and which limits apply.
 *
 * @param httpVersion of all connections
 * @param call for the async transport the budget of all attempts together, for okhttp also that of each attempt
 * @param connect of opening a connection
 * @param read longest silence while an answer is read; {@code null} for async, which has no such limit
 * @param write longest standstill while a request is written; {@code null} for async
 * @param poolTtl age at which a connection is replaced; zero means never, {@code null} for okhttp
 * @param poolSize most connections per function type
 * @param payloadMaxBytes largest request and answer
 * @param tls for {@code https} endpoints
 */
public record TransportSpec(
        Type type,
        HttpVersion httpVersion,
        Duration call,
        Duration connect,
        Duration read,
        Duration write,
        Duration poolTtl,
        int poolSize,
        int payloadMaxBytes,
        Tls tls) {

    /** StateFun's two HTTP clients. They differ in what they repeat: see {@code docs/module-yaml.md}. */
    public enum Type {
        /** Repeats every failure. */
        ASYNC("io.statefun.transports.v1/async"),
        /** Repeats I/O errors and the statuses 408, 409, 420, 429, 499 and 500 upwards; others fail at once. */
        OKHTTP("io.statefun.transports.v1/okhttp");

        private final String wireName;

        Type(String wireName) {
            this.wireName = wireName;
        }

        /** As {@code module.yaml} writes it. */
        public String wireName() {
            return wireName;
        }
    }

    /** Keyway's own choice: StateFun's transports have none. */
    public enum HttpVersion {
        HTTP_1_1("1.1"),
        /** Prior knowledge for {@code http}, ALPN for {@code https}. */
        HTTP_2("2");

        private final String wireName;

        HttpVersion(String wireName) {
            this.wireName = wireName;
        }

        /** As {@code module.yaml} writes it. */
        public String wireName() {
            return wireName;
        }
    }

    /**
     * PEM files by path, or by {@code classpath:} and a resource name; each {@code null} when not given. Read them with
     * {@code load.PemText}, off the event loop.
     *
     * @param clientKey PKCS#8
     * @param clientKeyPassword the file that holds the password
     */
    public record Tls(String trustCertificates, String clientCertificate, String clientKey, String clientKeyPassword) {

        /** The machine's trust, no client certificate. */
        public static final Tls DEFAULT = new Tls(null, null, null, null);
    }
}
