package dev.keyway.admin.kafka;

import dev.keyway.admin.config.Secrets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** SASL options of librdkafka, turned into the login configuration of the Java client. */
final class Sasl {

    private static final String JAAS = "sasl.jaas.config";
    private static final String MECHANISM = "sasl.mechanism";
    private static final String METADATA = "sasl.oauthbearer.metadata.authentication.type";
    private static final String PLAIN_MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private static final String SCRAM_MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule";
    private static final String KERBEROS_MODULE = "com.sun.security.auth.module.Krb5LoginModule";

    private final Draft draft;
    private final String username;
    private final String password;
    private final String principal;
    private final String keytab;
    private final OauthBearer oauth;

    private Sasl(Draft draft) {
        this.draft = draft;
        username = draft.take("sasl.username");
        password = draft.take("sasl.password");
        principal = draft.take("sasl.kerberos.principal");
        keytab = draft.take("sasl.kerberos.keytab");
        oauth = OauthBearer.take(draft);
    }

    static void convert(Draft draft) {
        kinit(draft);
        String metadata = draft.take(METADATA);
        if (metadata != null && !metadata.equals("none")) {
            draft.problem(METADATA, "is '" + metadata + "', which the Java client does not offer; wanted none");
        }
        new Sasl(draft).login();
    }

    private void login() {
        String protocol = String.valueOf(draft.client().getOrDefault("security.protocol", "PLAINTEXT"));
        if (!protocol.startsWith("SASL_")) {
            if (draft.has(MECHANISM) || username != null || draft.has(JAAS)) {
                draft.info(MECHANISM, "no effect: security.protocol is " + protocol);
            }
            return;
        }
        String mechanism = draft.value(MECHANISM);
        mechanism = mechanism == null ? null : mechanism.toUpperCase(Locale.ROOT);
        if (mechanism == null && username != null) {
            draft.problem(MECHANISM, "is missing; wanted PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 for sasl.username");
            return;
        }
        if (mechanism != null) {
            draft.give(MECHANISM, new Draft.Given(MECHANISM, mechanism));
        }
        if (draft.has(JAAS)) {
            return;
        }
        switch (mechanism == null ? "GSSAPI" : mechanism) {
            case "PLAIN" -> credentials(PLAIN_MODULE);
            case "SCRAM-SHA-256", "SCRAM-SHA-512" -> credentials(SCRAM_MODULE);
            case "GSSAPI" -> kerberos();
            case "OAUTHBEARER" -> oauth.login();
            default -> draft.problem(JAAS, "is missing; mechanism " + mechanism + " has no other login options");
        }
    }

    private void credentials(String module) {
        if (username == null) {
            draft.problem("sasl.username", "is missing; " + draft.value(MECHANISM) + " needs a user name");
        } else if (password == null) {
            draft.problem("sasl.password", "is missing; sasl.username is set");
        } else {
            draft.set(JAAS, jaas(module, Map.of("username", username, "password", password)));
        }
    }

    private void kerberos() {
        Map<String, String> options = new TreeMap<>();
        if (keytab != null) {
            options.put("useKeyTab", "true");
            options.put("storeKey", "true");
            options.put("keyTab", keytab);
            options.put("principal", principal == null ? "kafkaclient" : principal);
        } else {
            options.put("useTicketCache", "true");
            if (principal != null) {
                options.put("principal", principal);
            }
        }
        draft.set(JAAS, jaas(KERBEROS_MODULE, options));
        draft.setDefault("sasl.kerberos.service.name", "kafka");
    }

    /** librdkafka's is a shell command with variables, the Java client's the path of a program. */
    private static void kinit(Draft draft) {
        String command = draft.take("sasl.kerberos.kinit.cmd");
        if (command == null) {
            return;
        }
        if (command.matches("\\S+") && !command.contains("%{")) {
            draft.set("sasl.kerberos.kinit.cmd", command);
        } else {
            draft.info("sasl.kerberos.kinit.cmd", "no effect: the Java client logs in by itself, without a shell");
        }
    }

    /** One login module; the values may hold secret references. */
    static String jaas(String module, Map<String, String> options) {
        StringBuilder jaas = new StringBuilder(module).append(" required");
        new TreeMap<>(options).forEach((name, value) -> jaas.append(' ')
                .append(name)
                .append("=\"")
                .append(Secrets.quoted(value))
                .append('"'));
        return jaas.append(';').toString();
    }
}
