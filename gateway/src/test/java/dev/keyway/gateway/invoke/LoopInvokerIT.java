package dev.keyway.gateway.invoke;

import static dev.keyway.gateway.invoke.InvokerFixture.outcome;
import static dev.keyway.gateway.invoke.InvokerFixture.uri;
import static dev.keyway.gateway.invoke.TestCalls.call;
import static dev.keyway.gateway.invoke.TestCalls.deployment;
import static dev.keyway.gateway.invoke.TestCalls.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.Deployment;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.invoke.TestCalls.TestCall;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopInvokerIT {
    private final InvokerFixture fixture = new InvokerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void calls_an_object_by_h2c_with_key_in_path_body_and_its_length() {
        List<String> seen = new CopyOnWriteArrayList<>();
        HttpServer server = fixture.serve(request -> request.body().onSuccess(body -> {
            seen.add(request.version() + " " + request.method() + " " + request.uri() + " " + body + " "
                    + request.getHeader("content-type") + " " + request.getHeader("content-length"));
            request.response().end("done");
        }));

        Outcome outcome = fixture.run(call(object(deployment(uri(server)))).key("a b"));

        assertThat(seen).containsExactly(HttpVersion.HTTP_2 + " POST /Greeter/a%20b/handle {} application/json 2");
        assertThat(outcome.kind()).isEqualTo(Kind.COMPLETED);
        assertThat(outcome.response().body().toString()).isEqualTo("done");
    }

    @Test
    void a_refused_connection_is_a_retry_by_fault_of_the_deployment() throws IOException {
        // Bound and not listening: the port refuses, and nobody else can take it meanwhile.
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));

            Outcome outcome = fixture.run(call(object(deployment("http://127.0.0.1:" + taken.getLocalPort() + "/"))));

            assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
            assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
            assertThat(outcome.reason()).contains("connection refused");
        }
    }

    @Test
    void thousands_of_calls_complete_and_nothing_stays_in_flight() {
        HttpServer server = fixture.serve(request -> request.response().end());
        Deployment deployment = deployment(uri(server));
        Target target = object(deployment);
        List<TestCall> calls = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            calls.add(fixture.submit(call(target).key("k" + i)));
        }

        assertThat(calls).allSatisfy(call -> assertThat(outcome(call).kind()).isEqualTo(Kind.COMPLETED));

        await().until(() -> fixture.onLoop(() -> fixture.invoker.inFlight(deployment.id())) == 0);
        assertThat(fixture.onLoop(() -> fixture.invoker.connections(deployment.id())))
                .isBetween(1, 2);
        assertThat(calls).allSatisfy(call -> assertThat(call.attemptState()).isNull());
    }
}
