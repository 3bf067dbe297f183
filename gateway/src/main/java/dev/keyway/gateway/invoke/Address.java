package dev.keyway.gateway.invoke;

import java.net.URI;

/**
 * Where a deployment listens.
 *
 * @param authority {@code host:port} as sent, the port left out when it is the scheme's
 * @param basePath the URI's path without a trailing slash, as registered (percent-encoded)
 */
record Address(String scheme, String host, int port, String authority, String basePath) {

    /** @throws IllegalArgumentException if the URI has no usable scheme or host */
    static Address of(String uri) {
        URI parsed = URI.create(uri);
        boolean tls = "https".equalsIgnoreCase(parsed.getScheme());
        if (!tls && !"http".equalsIgnoreCase(parsed.getScheme()) || parsed.getHost() == null) {
            throw new IllegalArgumentException("deployment uri " + uri + " is not http://host… or https://host…");
        }
        int defaultPort = tls ? 443 : 80;
        int port = parsed.getPort() < 0 ? defaultPort : parsed.getPort();
        String bracketed = parsed.getHost();
        String host = bracketed.startsWith("[") ? bracketed.substring(1, bracketed.length() - 1) : bracketed;
        String path = parsed.getRawPath() == null ? "" : parsed.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        String authority = port == defaultPort ? bracketed : bracketed + ":" + port;
        return new Address(tls ? "https" : "http", host, port, authority, path);
    }

    boolean tls() {
        return scheme.equals("https");
    }

    /** For errors: without user information and path. */
    @Override
    public String toString() {
        return scheme + "://" + authority;
    }
}
