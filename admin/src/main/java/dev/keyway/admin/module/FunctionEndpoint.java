package dev.keyway.admin.module;

import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Where functions are served: an endpoint document of {@code module.yaml}. Immutable.
 *
 * @param urlPathTemplate as written; {@code {function.name}} stands for the name of the function
 * @param maxNumBatchRequests most invocations of one address in one request; 0 means no limit
 */
public record FunctionEndpoint(
        FunctionPattern functions, String urlPathTemplate, int maxNumBatchRequests, TransportSpec transport) {

    /** What the template may hold. */
    public static final String FUNCTION_NAME = "{function.name}";

    private static final String UNRESERVED = "-._~!$&'()*+;=:@";

    /**
     * The URL of a function. Characters of its name that have no place in a path are percent-encoded.
     *
     * @throws IllegalArgumentException if the name is {@code .} or {@code ..}, which servers take for another path, or
     *     the template is no URL; the message says so
     */
    public URI url(TypeName function) {
        return url(urlPathTemplate, function.name());
    }

    /** As {@link #url(TypeName)}. */
    public static URI url(String template, String functionName) {
        if (functionName.equals(".") || functionName.equals("..")) {
            throw new IllegalArgumentException("the function name '" + functionName + "' cannot be part of a URL");
        }
        return URI.create(template.replace(FUNCTION_NAME, encode(functionName)));
    }

    private static String encode(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0);
            encoded.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return encoded.toString();
    }
}
