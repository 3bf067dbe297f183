package dev.keyway.gateway.invoke;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.gateway.fixture.DeploymentDraft;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Deployments, targets and calls for tests. */
public final class TestCalls {
    private static final AtomicInteger IDS = new AtomicInteger();

    private TestCalls() {}

    public static Deployment deployment(String uri) {
        return deployment(uri, false, 0);
    }

    public static Deployment deployment(String uri, Map<String, String> additionalHeaders) {
        return deployment(uri, additionalHeaders, false, 0);
    }

    public static Deployment deployment(String uri, boolean http11, int maxConcurrency) {
        return deployment(uri, Map.of(), http11, maxConcurrency);
    }

    private static Deployment deployment(
            String uri, Map<String, String> additionalHeaders, boolean http11, int maxConcurrency) {
        return new DeploymentDraft("dp_" + IDS.incrementAndGet(), uri)
                .headers(additionalHeaders)
                .http11(http11)
                .maxConcurrency(maxConcurrency)
                .done();
    }

    public static Target service(Deployment deployment) {
        return target(deployment, ServiceType.SERVICE, null);
    }

    public static Target object(Deployment deployment) {
        return target(deployment, ServiceType.VIRTUAL_OBJECT, null);
    }

    public static Target target(Deployment deployment, ServiceType type, String path) {
        Handler handler = new Handler(
                "handle",
                type.keyed() ? HandlerType.EXCLUSIVE : null,
                true,
                null,
                Map.of(),
                path,
                null,
                null,
                null,
                null,
                Map.of());
        Service service = new Service(
                "Greeter",
                type,
                deployment.id(),
                1,
                true,
                List.of(handler),
                null,
                Service.Exclusivity.PROCESS,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                Map.of());
        return new Target(deployment, service, handler, null);
    }

    public static TestCall call(Target target) {
        return new TestCall(target);
    }

    /** A call whose outcome is a future; begins unless told otherwise. */
    public static final class TestCall implements Call {
        public final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        public final List<String[]> headers = new ArrayList<>();
        public final AtomicInteger begun = new AtomicInteger();
        private final Target target;
        private volatile Object state;
        private String key;
        private byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        private long timeoutMillis = 10_000;
        private boolean mayBegin = true;

        TestCall(Target target) {
            this.target = target;
            this.key = target.service().ty().keyed() ? "k" : null;
        }

        public TestCall key(String value) {
            key = value;
            return this;
        }

        public TestCall body(byte[] value) {
            body = value;
            return this;
        }

        public TestCall timeout(Duration value) {
            timeoutMillis = value.toMillis();
            return this;
        }

        public TestCall header(String name, String value) {
            headers.add(new String[] {name, value});
            return this;
        }

        public TestCall refuseToBegin() {
            mayBegin = false;
            return this;
        }

        @Override
        public Object attemptState() {
            return state;
        }

        @Override
        public void attemptState(Object value) {
            state = value;
        }

        @Override
        public Target target() {
            return target;
        }

        @Override
        public String key() {
            return key;
        }

        @Override
        public byte[] body() {
            return body;
        }

        @Override
        public CharSequence contentType() {
            return "application/json";
        }

        @Override
        public void headers(HeaderSink sink) {
            for (String[] header : headers) {
                sink.add(header[0], header[1]);
            }
        }

        @Override
        public byte[] invocationId() {
            return new byte[24];
        }

        @Override
        public int retryCount() {
            return 0;
        }

        @Override
        public long timeoutMillis() {
            return timeoutMillis;
        }

        @Override
        public boolean begin() {
            begun.incrementAndGet();
            return mayBegin;
        }

        @Override
        public void done(Outcome value) {
            if (!outcome.complete(value)) {
                throw new AssertionError("done was called twice");
            }
        }
    }
}
