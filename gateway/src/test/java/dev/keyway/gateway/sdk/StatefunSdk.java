package dev.keyway.gateway.sdk;

import io.vertx.core.http.HttpVersion;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** SDKs of Stateful Functions whose functions are under {@code gateway/sdk-services}; both serve the same ones. */
public enum StatefunSdk {
    JAVA(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1), "io.statefun.types/long") {
        @Override
        List<String> command() {
            Path target = DIRECTORY.resolve("statefun-java/target");
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-cp",
                    target.resolve("classes") + File.pathSeparator + target.resolve("lib") + "/*",
                    "dev.keyway.statefunservices.Main");
        }
    },
    JAVASCRIPT(List.of(HttpVersion.HTTP_1_1), "io.statefun.types/int") {
        @Override
        List<String> command() throws Exception {
            Path directory = DIRECTORY.resolve("statefun-javascript");
            NodeModules.install(directory, "node_modules/.package-lock.json");
            return List.of("node", directory.resolve("functions.mjs").toString());
        }
    };

    private static final Path DIRECTORY = Path.of("sdk-services").toAbsolutePath();

    private final List<HttpVersion> versions;
    private final String numberType;

    StatefunSdk(List<HttpVersion> versions, String numberType) {
        this.versions = versions;
        this.numberType = numberType;
    }

    /** What starts the process of the functions. */
    abstract List<String> command() throws Exception;

    /** The versions that its server speaks, HTTP/2 with prior knowledge. */
    public List<HttpVersion> versions() {
        return versions;
    }

    /** The type of the states {@code seen} and {@code balance}. */
    public String numberType() {
        return numberType;
    }

    /**
     * Starts the functions in a process of their own.
     *
     * @param settings environment: {@code OUT_TOPIC}, {@code BALANCES_TOPIC}, {@code GREETINGS_TOPIC},
     *     {@code EXPIRING_TOPIC}, {@code SURVIVORS_TOPIC}, {@code ECHO_TOPIC}, {@code EXPIRE_MILLIS}
     */
    public SdkProcess start(Map<String, String> settings) throws Exception {
        return SdkProcess.start(command(), settings);
    }
}
