package dev.keyway.admin.module.load;

import static dev.keyway.admin.module.load.ModuleText.ENDPOINT;
import static dev.keyway.admin.module.load.ModuleText.egress;
import static dev.keyway.admin.module.load.ModuleText.ingress;
import static dev.keyway.admin.module.load.ModuleText.load;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.keyway.admin.module.FunctionPattern;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.ModuleReload;
import dev.keyway.admin.module.ModuleReload.Change;
import dev.keyway.admin.module.TypeName;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The change is from an endpoint, an ingress and an egress to what the case says. */
class ModuleReloadTest {

    private static final String EXACT =
            "kind: io.statefun.endpoints.v2/http\nspec: {functions: ns/f, urlPathTemplate: 'http://f:1/'}\n";

    static Stream<Arguments> live() {
        return Stream.of(
                arguments(load(EXACT, ENDPOINT, ingress(), egress()), Change.PutEndpoint.class),
                arguments(load(ENDPOINT.replace("8000", "8001"), ingress(), egress()), Change.PutEndpoint.class),
                arguments(
                        load(ENDPOINT, ingress(), egress(), egress().replace("ns/out", "ns/out2")),
                        Change.AddEgress.class),
                arguments(
                        load(
                                ENDPOINT,
                                ingress(),
                                ingress().replace("ns/in", "ns/in2").replace("topic: t", "topic: u"),
                                egress()),
                        Change.AddIngress.class),
                arguments(load(ENDPOINT, egress()), Change.RemoveIngress.class),
                arguments(with("ns/f]", "ns/f, ns/g]"), Change.UpdateIngress.class),
                arguments(with("[ns/f]", "[]"), Change.UpdateIngress.class),
                arguments(with("ns/T", "ns/U"), Change.UpdateIngress.class),
                arguments(with("[{topic: t,", "[{topic: u, targets: [ns/f]}, {topic: t,"), Change.UpdateIngress.class),
                arguments(
                        load(ENDPOINT, ingress("keyway: {on_failure: discard}"), egress()),
                        Change.UpdateIngress.class));
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments(load(EXACT, ingress(), egress()), "endpoint ns/*: cannot be removed"),
                arguments(load(ENDPOINT, ingress()), "egress ns/out: cannot be removed"),
                arguments(
                        load(
                                ENDPOINT,
                                ingress(),
                                egress(),
                                egress("deliverySemantic: {type: exactly-once, transactionTimeout: 1 min}")
                                        .replace("ns/out", "ns/out2")),
                        "egress ns/out2: cannot be the first exactly-once egress"),
                arguments(
                        load(ENDPOINT, ingress(), egress("deliverySemantic: {type: none}")),
                        "egress ns/out: cannot be changed"),
                arguments(with("address: b:9092", "address: c:9092"), "ingress ns/in: another address"),
                arguments(with("consumerGroupId: g", "consumerGroupId: h"), "ingress ns/in: another consumerGroupId"),
                arguments(
                        load(ENDPOINT, ingress("properties: [{max.poll.records: 5}]"), egress()),
                        "ingress ns/in: properties are read"),
                arguments(
                        load(ENDPOINT, ingress("startupPosition: {type: earliest}"), egress()),
                        "ingress ns/in: a start position has no effect"),
                arguments(
                        load(ENDPOINT, ingress("autoOffsetResetPosition: earliest"), egress()),
                        "ingress ns/in: a start position has no effect"),
                arguments(with("[ns/f]", "[ns/g, ns/f]"), "ingress ns/in: the targets of topic t may only"));
    }

    private static Module present() {
        return load(ENDPOINT, ingress(), egress());
    }

    private static Module with(String found, String instead) {
        return load(ENDPOINT, ingress().replace(found, instead), egress());
    }

    @ParameterizedTest
    @MethodSource("live")
    void aSafeChange_isLive(Module after, Class<?> change) {
        ModuleReload reload = ModuleReload.between(present(), after);

        assertThat(reload.refused()).isEmpty();
        assertThat(reload.allowed()).isTrue();
        assertThat(reload.live()).singleElement().isInstanceOf(change);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void anyOtherChange_isRefusedWithTheReason(Module after, String reason) {
        ModuleReload reload = ModuleReload.between(present(), after);

        assertThat(reload.allowed()).isFalse();
        assertThat(reload.refused()).singleElement().asString().startsWith(reason);
    }

    @Test
    void theSameModule_isNoChange() {
        assertThat(ModuleReload.between(present(), present()).live()).isEmpty();
        assertThat(ModuleReload.between(present(), present()).allowed()).isTrue();
    }

    @Test
    void aFunctionOfItsOwnEndpoint_mayGoBackToThatOfItsNamespace() {
        ModuleReload reload = ModuleReload.between(load(EXACT, ENDPOINT), load(ENDPOINT));

        assertThat(reload.refused()).isEmpty();
        assertThat(reload.live()).containsExactly(new Change.RemoveEndpoint(new FunctionPattern("ns", "f")));
    }

    @Test
    void whatFunctionsAndRecordsNeed_comesBeforeTheIngresses() {
        assertThat(ModuleReload.between(Module.EMPTY, present()).live())
                .extracting(Object::getClass)
                .containsExactly(Change.PutEndpoint.class, Change.AddEgress.class, Change.AddIngress.class);
        assertThat(ModuleReload.between(load(ENDPOINT, ingress()), load(ENDPOINT))
                        .live())
                .containsExactly(new Change.RemoveIngress(new TypeName("ns", "in")));
    }

    @Test
    void topicsThatComeOrGo_makeTheConsumerSubscribeAnew() {
        assertThat(ModuleReload.between(present(), with("topic: t", "topic: u")).live())
                .singleElement()
                .isInstanceOfSatisfying(Change.UpdateIngress.class, update -> assertThat(update.topicsChanged())
                        .isTrue());
        assertThat(ModuleReload.between(present(), with("ns/T", "ns/U")).live())
                .singleElement()
                .isInstanceOfSatisfying(Change.UpdateIngress.class, update -> assertThat(update.topicsChanged())
                        .isFalse());
    }
}
