package dev.keyway.gateway.sdk;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Restate's SDKs whose services are under {@code gateway/sdk-services}. A machine without npm skips the TypeScript ones,
 * unless {@code -Dkeyway.require.node=true} makes that a failure.
 */
public enum Sdk {
    TYPESCRIPT("Ts") {
        @Override
        public List<String> command() throws Exception {
            Path directory = DIRECTORY.resolve("typescript");
            NodeModules.install(directory, "node_modules/.bin/node");
            return List.of(
                    directory.resolve("node_modules/.bin/node").toString(),
                    directory.resolve("services.ts").toString());
        }
    },
    JAVA("Java") {
        @Override
        public List<String> command() {
            Path target = DIRECTORY.resolve("java/target");
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-cp",
                    target.resolve("classes") + java.io.File.pathSeparator + target.resolve("lib") + "/*",
                    "dev.keyway.sdkservices.Main");
        }
    };

    private static final Path DIRECTORY = Path.of("sdk-services").toAbsolutePath();

    private final String prefix;

    Sdk(String prefix) {
        this.prefix = prefix;
    }

    /** What starts the process of the services. */
    public abstract List<String> command() throws Exception;

    /** The name of a service: each SDK's own starts with its prefix. */
    public String service(String name) {
        return prefix + name;
    }

    /** Starts the services in a process of their own. */
    public SdkProcess start() throws Exception {
        return SdkProcess.start(command(), Map.of());
    }

    /** The same over HTTP/1.1; Java's serves both on one port. */
    public SdkProcess startHttp1() throws Exception {
        return SdkProcess.start(command(), Map.of("HTTP1", "true"));
    }
}
