package dev.keyway.admin.kafka;

import java.util.HashMap;
import java.util.Map;

/**
 * Token login.
 *
 * @param method {@code default} or {@code oidc}
 * @param unsecured the settings of librdkafka's unsigned tokens, {@code null} unless they are enabled
 */
record OauthBearer(
        Draft draft, String method, String extensions, String grant, String unsecured, boolean unsigned, String https) {

    private static final String METHOD = "sasl.oauthbearer.method";
    private static final String CONFIG = "sasl.oauthbearer.config";
    private static final String EXTENSIONS = "sasl.oauthbearer.extensions";
    private static final String PACKAGE = "org.apache.kafka.common.security.oauthbearer.";
    private static final String MODULE = PACKAGE + "OAuthBearerLoginModule";
    private static final String TOKEN_URL = "sasl.oauthbearer.token.endpoint.url";
    private static final String CREDENTIALS = "sasl.oauthbearer.client.credentials.client.";

    static OauthBearer take(Draft draft) {
        return new OauthBearer(
                draft,
                draft.take(METHOD),
                draft.take(EXTENSIONS),
                draft.take("sasl.oauthbearer.grant.type"),
                draft.take(CONFIG),
                "true".equals(draft.take("enable.sasl.oauthbearer.unsecure.jwt")),
                draft.take("https.ca.location"));
    }

    void login() {
        Map<String, String> options = new HashMap<>();
        if ("oidc".equals(method)) {
            oidc(options);
        } else if (unsigned) {
            unsigned(options);
        } else {
            draft.problem(
                    METHOD,
                    "is not oidc, so the login is missing; wanted oidc with " + CREDENTIALS + "id, " + CREDENTIALS
                            + "secret and " + TOKEN_URL + ", or sasl.jaas.config");
            return;
        }
        pairs(extensions, ",", EXTENSIONS).forEach((name, value) -> options.put(extension(name), value));
        draft.set("sasl.jaas.config", Sasl.jaas(MODULE, options));
    }

    private String extension(String name) {
        return (unsigned ? "unsecuredLoginExtension_" : "extension_") + name;
    }

    private void oidc(Map<String, String> options) {
        boolean assertion = grant != null && !grant.equals("client_credentials");
        for (String name : new String[] {TOKEN_URL, CREDENTIALS + "id", CREDENTIALS + "secret"}) {
            if (!draft.has(name) && (name.equals(TOKEN_URL) || !assertion)) {
                draft.problem(name, "is missing; " + METHOD + " is oidc");
            }
        }
        draft.set("sasl.login.callback.handler.class", PACKAGE + "OAuthBearerLoginCallbackHandler");
        draft.set(
                "sasl.oauthbearer.jwt.retriever.class",
                PACKAGE + (assertion ? "JwtBearerJwtRetriever" : "ClientCredentialsJwtRetriever"));
        if (https != null && !https.equals("probe")) {
            options.put("ssl.truststore.type", "PEM");
            options.put("ssl.truststore.location", https);
        }
    }

    private void unsigned(Map<String, String> options) {
        Map<String, String> settings = pairs(unsecured, " ", CONFIG);
        String claim = settings.getOrDefault("principalClaimName", "sub");
        options.put("unsecuredLoginPrincipalClaimName", claim);
        options.put("unsecuredLoginLifetimeSeconds", settings.getOrDefault("lifeSeconds", "3600"));
        if (settings.containsKey("principal")) {
            options.put("unsecuredLoginStringClaim_" + claim, settings.get("principal"));
        }
        if (settings.containsKey("scope")) {
            String scope = settings.getOrDefault("scopeClaimName", "scope");
            options.put("unsecuredLoginListClaim_" + scope, "," + settings.get("scope"));
        }
        settings.forEach((name, value) -> {
            if (name.startsWith("extension_")) {
                options.put("unsecuredLoginExtension_" + name.substring("extension_".length()), value);
            }
        });
    }

    private Map<String, String> pairs(String text, String separator, String option) {
        Map<String, String> pairs = new HashMap<>();
        if (text != null && !text.isBlank()) {
            for (String pair : text.strip().split(separator + "+")) {
                int equals = pair.indexOf('=');
                if (equals <= 0) {
                    draft.problem(option, "has a part without '='; wanted name=value");
                } else {
                    pairs.put(pair.substring(0, equals).strip(), pair.substring(equals + 1));
                }
            }
        }
        return pairs;
    }
}
