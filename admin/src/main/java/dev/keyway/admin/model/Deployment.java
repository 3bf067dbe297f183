package dev.keyway.admin.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * An HTTP/2 endpoint that serves services. Immutable.
 *
 * @param id {@code dp_1…}
 * @param uri base address, with a trailing slash
 * @param additionalHeaders sent with every request; values may be secrets and are masked in answers
 * @param useHttp11 HTTP/1.1 instead of HTTP/2
 * @param requestResponse the service answers only after the request body has ended (Restate REQUEST_RESPONSE)
 * @param maxConcurrency calls in flight from one instance; 0 takes the configured default
 * @param callTimeout time from request to the end of the response of one attempt; {@code null} takes the default
 * @param services names and revisions served by this deployment
 * @param pacing how calls are held back
 */
public record Deployment(
        String id,
        String uri,
        Protocol protocol,
        Map<String, String> additionalHeaders,
        Map<String, String> metadata,
        boolean useHttp11,
        boolean requestResponse,
        int minProtocolVersion,
        int maxProtocolVersion,
        String sdkVersion,
        int maxConcurrency,
        Duration callTimeout,
        Instant createdAt,
        List<ServiceRevision> services,
        Pacing pacing) {
    public Deployment {
        pacing = pacing == null ? Pacing.DEFAULT : pacing;
        additionalHeaders = Copies.of(additionalHeaders);
        metadata = Copies.of(metadata);
        services = Copies.of(services);
    }

    /** The same with other headers. */
    public Deployment withHeaders(Map<String, String> headers) {
        return new Deployment(
                id,
                uri,
                protocol,
                headers,
                metadata,
                useHttp11,
                requestResponse,
                minProtocolVersion,
                maxProtocolVersion,
                sdkVersion,
                maxConcurrency,
                callTimeout,
                createdAt,
                services,
                pacing);
    }

    /** The same, serving other services. */
    public Deployment withServices(List<ServiceRevision> served) {
        return new Deployment(
                id,
                uri,
                protocol,
                additionalHeaders,
                metadata,
                useHttp11,
                requestResponse,
                minProtocolVersion,
                maxProtocolVersion,
                sdkVersion,
                maxConcurrency,
                callTimeout,
                createdAt,
                served,
                pacing);
    }

    /** The same, held back otherwise. */
    public Deployment withPacing(int concurrency, Pacing otherwise) {
        return new Deployment(
                id,
                uri,
                protocol,
                additionalHeaders,
                metadata,
                useHttp11,
                requestResponse,
                minProtocolVersion,
                maxProtocolVersion,
                sdkVersion,
                concurrency,
                callTimeout,
                createdAt,
                services,
                otherwise);
    }

    /** A service served by a deployment, full text at that revision. */
    public record ServiceRevision(String name, int revision) {}
}
