package dev.keyway.gateway.invoke.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.ServiceType;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.invoke.TestCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpRouteTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "SERVICE, '', -, -, /Greeter/handle",
                "SERVICE, /base, -, -, /base/Greeter/handle",
                "VIRTUAL_OBJECT, '', -, a/b, /Greeter/a%2Fb/handle",
                "VIRTUAL_OBJECT, '', -, '', /Greeter/~/handle",
                "VIRTUAL_OBJECT, '', /v1/{service}/{key}, k, /v1/Greeter/k",
                "VIRTUAL_OBJECT, /base, 'events/{handler}', k, /base/events/handle",
                "VIRTUAL_OBJECT, '', '/{key}?x=1', a&b, /a%26b?x=1",
                "SERVICE, '', /fixed, -, /fixed"
            })
    void the_path_comes_from_the_kind_or_the_template(
            ServiceType type, String base, String template, String key, String path) {
        Target target = TestCalls.target(TestCalls.deployment("http://h/"), type, template);

        HttpRoute route = HttpRoute.of(target, base, UnaryOperator.identity());

        assertThat(route.path(key).toString()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "SERVICE, '', -, /Greeter/handle",
                "VIRTUAL_OBJECT, /base, -, /base/Greeter/handle",
                "VIRTUAL_OBJECT, '', /objects/{key}/peek, /objects/peek",
                "VIRTUAL_OBJECT, '', /events/{key}, /events",
                "VIRTUAL_OBJECT, '', '/a/x-{key}-y/b?z=1', '/a/b?z=1'",
                "VIRTUAL_OBJECT, '', '/{key}?x=1', '/?x=1'",
                "VIRTUAL_OBJECT, '', '/a?key={key}&b=1', '/a?key=&b=1'",
                "VIRTUAL_OBJECT, '', '/{key}', '/'"
            })
    void the_path_of_a_batch_leaves_the_key_out(ServiceType type, String base, String template, String path) {
        Target target = TestCalls.target(TestCalls.deployment("http://h/"), type, template);

        HttpRoute route = HttpRoute.of(target, base, UnaryOperator.identity());

        assertThat(route.batchPath().toString()).isEqualTo(path);
    }

    @Test
    void additional_headers_are_lower_case_and_their_secrets_resolved() {
        Target target = TestCalls.service(TestCalls.deployment("http://h/", Map.of("Authorization", "${env:TOKEN}")));
        List<String> seen = new ArrayList<>();

        HttpRoute.of(target, "", value -> value.replace("${env:TOKEN}", "s3cret"))
                .additionalHeaders((name, value) -> seen.add(name + ": " + value));

        assertThat(seen).containsExactly("authorization: s3cret");
    }
}
