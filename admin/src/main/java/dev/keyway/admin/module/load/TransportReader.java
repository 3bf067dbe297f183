package dev.keyway.admin.module.load;

import dev.keyway.admin.module.TransportSpec;
import dev.keyway.admin.module.TransportSpec.HttpVersion;
import dev.keyway.admin.module.TransportSpec.Tls;
import dev.keyway.admin.module.TransportSpec.Type;
import dev.keyway.admin.module.yaml.Fields;
import dev.keyway.admin.module.yaml.Item;
import dev.keyway.admin.module.yaml.Shape;
import dev.keyway.admin.module.yaml.StatefunDuration;
import dev.keyway.codecs.Nearest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Reads how an endpoint is called. A value with a problem gives its default, so that reading can go on. */
final class TransportReader {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    /** What fits into an {@code int} of milliseconds, which clients take. */
    private static final Duration LONGEST = Duration.ofDays(24);

    private static final int PAYLOAD = 32 << 20;
    private static final int POOL = 1024;
    private static final List<String> TYPES =
            Arrays.stream(Type.values()).map(Type::wireName).toList();
    private static final List<String> TLS =
            List.of("trust_cacerts", "client_cert", "client_key", "client_key_password");

    private TransportReader() {}

    /** @param transport {@code null} when the endpoint does not say */
    static TransportSpec read(Item transport) {
        if (transport == null || transport.tree().map() == null) {
            return async(transport == null ? null : transport.fields(Shapes.ASYNC));
        }
        String type =
                transport.tree().map().containsKey("type") ? type(transport.child("type")) : Type.ASYNC.wireName();
        if (type == null) {
            return async(null);
        }
        if (type.equals(Type.OKHTTP.wireName())) {
            Fields okhttp = transport.fields(Shapes.OKHTTP);
            return okhttp(okhttp, httpVersion(okhttp));
        }
        return async(transport.fields(Shapes.ASYNC));
    }

    private static String type(Item type) {
        String text = type.text("one of " + String.join(", ", TYPES));
        if (text == null || TYPES.contains(text)) {
            return text;
        }
        type.problem(
                "is " + type.describe() + "; wanted one of " + String.join(", ", TYPES) + Nearest.hint(text, TYPES));
        return null;
    }

    /** @param owner of {@code timeouts} */
    static TransportSpec okhttp(Fields owner, HttpVersion version) {
        Fields timeouts = owner.fields("timeouts", Shapes.TIMEOUTS);
        Duration call = timeout(timeouts, "call", LONGEST);
        return new TransportSpec(
                Type.OKHTTP,
                version,
                call,
                timeout(timeouts, "connect", call),
                timeout(timeouts, "read", call),
                timeout(timeouts, "write", call),
                null,
                POOL,
                PAYLOAD,
                Tls.DEFAULT);
    }

    /** A timeout that is not stated is cut down to the call's. */
    private static Duration timeout(Fields timeouts, String key, Duration longest) {
        if (timeouts != null && timeouts.has(key)) {
            return timeouts.duration(key, SHORTEST, longest);
        }
        Duration standard = Shapes.TIMEOUTS.standard(key, StatefunDuration::parse);
        return standard.compareTo(longest) > 0 ? longest : standard;
    }

    private static TransportSpec async(Fields async) {
        Shape shape = Shapes.ASYNC;
        if (async == null) {
            return new TransportSpec(
                    Type.ASYNC,
                    HttpVersion.HTTP_1_1,
                    shape.standard("call", StatefunDuration::parse),
                    shape.standard("connect", StatefunDuration::parse),
                    null,
                    null,
                    shape.standard("pool_ttl", StatefunDuration::parse),
                    POOL,
                    PAYLOAD,
                    Tls.DEFAULT);
        }
        Duration call = async.duration("call", SHORTEST, LONGEST);
        Duration connect = async.duration("connect", SHORTEST, LONGEST);
        Fields timeouts = async.fields("timeouts", Shapes.TIMEOUTS);
        if (timeouts != null) {
            call = timeout(timeouts, "call", LONGEST);
            connect = timeout(timeouts, "connect", LONGEST);
            for (String key : List.of("call", "connect")) {
                if (async.has(key)) {
                    async.get(key).info("has no effect: timeouts is there and wins");
                }
            }
            for (String key : List.of("read", "write")) {
                if (timeouts.has(key)) {
                    timeouts.get(key).info("has no effect with " + Type.ASYNC.wireName());
                }
            }
        }
        return new TransportSpec(
                Type.ASYNC,
                httpVersion(async),
                call,
                connect,
                null,
                null,
                async.duration("pool_ttl", Duration.ZERO, LONGEST),
                async.integer("pool_size", 1, 1_000_000),
                async.integer("payload_max_bytes", 1, Integer.MAX_VALUE),
                tls(async));
    }

    private static HttpVersion httpVersion(Fields transport) {
        HttpVersion version = transport.read("http_version", text -> {
            for (HttpVersion each : HttpVersion.values()) {
                if (each.wireName().equals(text)) {
                    return each;
                }
            }
            throw new IllegalArgumentException("wanted " + transport.wanted("http_version"));
        });
        return version == null ? HttpVersion.HTTP_1_1 : version;
    }

    private static Tls tls(Fields async) {
        if (async.has("client_cert") != async.has("client_key")) {
            async.missing(async.has("client_cert") ? "client_key" : "client_cert");
        }
        if (async.has("client_key_password") && !async.has("client_key")) {
            async.missing("client_key");
        }
        return new Tls(pem(async, 0), pem(async, 1), pem(async, 2), pem(async, 3));
    }

    private static String pem(Fields async, int index) {
        return async.read(TLS.get(index), location -> {
            try {
                PemText.read(location);
                return location;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(e.getMessage() + "; wanted " + async.wanted(TLS.get(index)), e);
            }
        });
    }
}
