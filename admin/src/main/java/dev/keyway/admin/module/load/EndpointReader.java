package dev.keyway.admin.module.load;

import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.admin.module.FunctionPattern;
import dev.keyway.admin.module.TransportSpec;
import dev.keyway.admin.module.yaml.Fields;
import dev.keyway.admin.module.yaml.Item;
import java.net.URI;
import java.util.Set;

/** Reads an endpoint document. */
final class EndpointReader {

    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final String SAMPLE_NAME = "name";

    private EndpointReader() {}

    static void read(Kind kind, Item spec, Draft draft) {
        boolean v1 = kind == Kind.ENDPOINT_V1;
        Fields endpoint = spec.fields(v1 ? Shapes.ENDPOINT_V1 : Shapes.ENDPOINT_V2);
        if (endpoint == null) {
            draft.doubtEndpoints();
            return;
        }
        FunctionPattern functions = endpoint.read("functions", EndpointReader::pattern);
        if (functions == null) {
            draft.doubtEndpoints();
        } else {
            draft.pattern(functions, endpoint.get("functions"));
        }
        String url = endpoint.read("urlPathTemplate", text -> template(text, functions));
        int batch = Math.max(0, endpoint.integer("maxNumBatchRequests", Integer.MIN_VALUE, Integer.MAX_VALUE));
        TransportSpec transport = v1
                ? TransportReader.okhttp(endpoint, TransportSpec.HttpVersion.HTTP_1_1)
                : TransportReader.read(endpoint.get("transport"));
        if (functions != null && url != null) {
            if (!transport.tls().equals(TransportSpec.Tls.DEFAULT) && !url.startsWith("https:")) {
                endpoint.get("transport").info("has certificates without effect: urlPathTemplate is not https");
            }
            draft.endpoints.add(new FunctionEndpoint(functions, url, batch, transport));
        }
    }

    private static FunctionPattern pattern(String text) {
        if (text.indexOf(',') >= 0) {
            throw new IllegalArgumentException(
                    "wanted one pattern; write an endpoint for each, or <namespace>/* for all of a namespace");
        }
        return FunctionPattern.parse(text);
    }

    private static String template(String text, FunctionPattern functions) {
        String rest = text.replace(FunctionEndpoint.FUNCTION_NAME, "");
        int brace = rest.indexOf('{');
        if (brace >= 0) {
            throw new IllegalArgumentException("wanted a URL with no other placeholder than {function.name}");
        }
        String name = functions == null || functions.wholeNamespace() ? SAMPLE_NAME : functions.name();
        URI url;
        try {
            url = FunctionEndpoint.url(text, name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getCause() == null
                            ? e.getMessage()
                            : "wanted a URL: " + e.getCause().getMessage(),
                    e);
        }
        if (url.getScheme() != null && url.getScheme().endsWith("+unix")) {
            throw new IllegalArgumentException("wanted http:// or https://; Unix sockets are not offered");
        }
        if (url.getScheme() == null || !SCHEMES.contains(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException("wanted http://host or https://host with port and path");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("wanted a URL without user and fragment");
        }
        return text;
    }
}
