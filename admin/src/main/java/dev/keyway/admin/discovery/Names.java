package dev.keyway.admin.discovery;

import java.util.Locale;
import java.util.regex.Pattern;

/** What services and handlers may be called, as in Restate. */
public final class Names {

    private static final Pattern SERVICE = Pattern.compile("^([a-zA-Z]|_[a-zA-Z0-9])[a-zA-Z0-9._-]*$");
    private static final Pattern HANDLER = Pattern.compile("^([a-zA-Z]|_[a-zA-Z0-9])[a-zA-Z0-9_]*$");

    private Names() {}

    /** What is wrong with a service name, or {@code null}. */
    public static String serviceProblem(String name) {
        return SERVICE.matcher(name).matches()
                ? null
                : "'" + name + "' is not a service name: letters, digits, '.', '_' and '-', a letter first";
    }

    /** What is wrong with a handler name, or {@code null}. */
    public static String handlerProblem(String name) {
        return HANDLER.matcher(name).matches()
                ? null
                : "'" + name + "' is not a handler name: letters, digits and '_', a letter first";
    }

    /** Whether paths of the RPC ingress need this name for themselves (META0005). */
    public static boolean reserved(String service) {
        String lower = service.toLowerCase(Locale.ROOT);
        return lower.startsWith("restate") || lower.equals("openapi");
    }
}
