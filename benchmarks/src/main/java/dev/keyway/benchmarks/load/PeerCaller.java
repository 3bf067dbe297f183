package dev.keyway.benchmarks.load;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * parallel-consumer-vertx in the order of keys, a jar with a class path of its own. It reads one topic in its life, so
 * every pass starts a process; what it needs to warm up comes out of the topic (see {@link Settling}).
 */
final class PeerCaller implements Caller.OfKafka {
    private final Children children;
    private final List<String> jvmArgs;
    private final Path jar;
    private final String bootstrapServers;
    private final int handlerPort;
    private ChildJvm jvm;

    PeerCaller(Children children, List<String> jvmArgs, Path jar, String bootstrapServers, int handlerPort) {
        this.children = children;
        this.jvmArgs = jvmArgs;
        this.jar = jar;
        this.bootstrapServers = bootstrapServers;
        this.handlerPort = handlerPort;
    }

    /** What to tell if the peer was not built. */
    String missing() {
        return Files.isRegularFile(jar) ? "" : jar.toAbsolutePath() + " is missing: build it first";
    }

    @Override
    public String name() {
        return "parallel-consumer";
    }

    @Override
    public ChildJvm jvm() {
        return jvm;
    }

    @Override
    public boolean ordered() {
        return true;
    }

    @Override
    public boolean lasting() {
        return false;
    }

    @Override
    public List<String> begin(List<String> topics) {
        String group = topics.get(0) + "-peer-" + System.nanoTime();
        List<String> command = new ArrayList<>(jvmArgs);
        command.addAll(List.of(
                "-jar",
                jar.toString(),
                "--bootstrap",
                bootstrapServers,
                "--topic",
                topics.get(0),
                "--group",
                group,
                "--uri",
                "http://127.0.0.1:" + handlerPort,
                "--path-prefix",
                "/" + KeywayProcess.OBJECT,
                "--handler",
                KeywayProcess.HANDLER,
                "--concurrency",
                Integer.toString(KeywayProcess.CONCURRENCY)));
        jvm = children.java(name(), command);
        jvm.await("ready");
        return List.of(group);
    }

    @Override
    public void end() {
        if (jvm != null) {
            children.end(jvm);
            jvm = null;
        }
    }
}
