package dev.keyway.admin.rest;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.DurationText;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.admin.module.TransportSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Deployments in answers. */
final class DeploymentJson {

    private final ServiceJson services;

    DeploymentJson(ServiceJson services) {
        this.services = services;
    }

    /** The answer to a registration. */
    JsonObject registered(Deployment deployment, List<Service> full, List<String> info) {
        return Routes.compact(new JsonObject()
                .put("id", deployment.id())
                .put(
                        "services",
                        SubscriptionJson.array(
                                full.stream().map(services::write).toList()))
                .put("min_protocol_version", deployment.minProtocolVersion())
                .put("max_protocol_version", deployment.maxProtocolVersion())
                .put("sdk_version", deployment.sdkVersion())
                .put("info", Infos.orNull(info)));
    }

    /** An endpoint of the module, as a deployment; its id is the pattern of its functions. */
    static JsonObject ofModule(FunctionEndpoint endpoint) {
        return new JsonObject()
                .put("id", endpoint.functions().toString())
                .put("origin", "module")
                .put("uri", endpoint.urlPathTemplate())
                .put("protocol_type", "RequestResponse")
                .put(
                        "http_version",
                        endpoint.transport().httpVersion() == TransportSpec.HttpVersion.HTTP_2
                                ? "HTTP/2.0"
                                : "HTTP/1.1")
                .put("created_at", Instant.EPOCH.toString())
                .put("min_protocol_version", 0)
                .put("max_protocol_version", 0)
                .put("protocol", "statefun")
                .put("transport", endpoint.transport().type().wireName())
                .put("call_timeout", DurationText.format(endpoint.transport().call()))
                .put("max_batch", endpoint.maxNumBatchRequests())
                .put("services", new JsonArray());
    }

    /** With names and revisions of its services. */
    JsonObject brief(Deployment deployment) {
        JsonArray revisions = new JsonArray();
        deployment
                .services()
                .forEach(each ->
                        revisions.add(new JsonObject().put("name", each.name()).put("revision", each.revision())));
        return write(deployment).put("services", revisions);
    }

    /** With the full text of its services, as far as this deployment serves their newest revision. */
    JsonObject full(RegistrySnapshot state, Deployment deployment) {
        return write(deployment)
                .put(
                        "services",
                        SubscriptionJson.array(served(state, deployment).stream()
                                .map(services::write)
                                .toList()));
    }

    static List<Service> served(RegistrySnapshot state, Deployment deployment) {
        return deployment.services().stream()
                .map(each -> state.services().get(each.name()))
                .filter(Objects::nonNull)
                .filter(service -> service.deploymentId().equals(deployment.id()))
                .toList();
    }

    private static JsonObject write(Deployment deployment) {
        JsonObject headers = new JsonObject();
        deployment.additionalHeaders().keySet().forEach(name -> headers.put(name, Masking.MASK));
        return Routes.compact(new JsonObject()
                .put("id", deployment.id())
                .put("uri", deployment.uri())
                .put("protocol_type", deployment.requestResponse() ? "RequestResponse" : "BidiStream")
                .put("http_version", deployment.useHttp11() ? "HTTP/1.1" : "HTTP/2.0")
                .put("additional_headers", headers.isEmpty() ? null : headers)
                .put("metadata", ServiceJson.texts(deployment.metadata()))
                .put("created_at", deployment.createdAt().toString())
                .put("min_protocol_version", deployment.minProtocolVersion())
                .put("max_protocol_version", deployment.maxProtocolVersion())
                .put("sdk_version", deployment.sdkVersion())
                .put("protocol", deployment.protocol() == Protocol.HTTP ? "http" : "restate")
                .put("max_concurrency", deployment.maxConcurrency() == 0 ? null : deployment.maxConcurrency())
                .put(
                        "call_timeout",
                        deployment.callTimeout() == null ? null : DurationText.format(deployment.callTimeout()))
                .put(PacingJson.ADAPTIVE, deployment.pacing().adaptive() ? true : null)
                .put(PacingJson.RATE, PacingJson.rate(deployment.pacing().rateLimit()))
                .put(PacingJson.CIRCUIT, PacingJson.circuit(deployment.pacing().circuitBreaker())));
    }
}
