package dev.keyway.broker;

/**
 * The one broker that all tests of a JVM share: started on first use, stopped and deleted when the JVM exits. Tests
 * keep apart by random topic, group and subscription names ({@link TestTopics}); a test that stops its broker makes its
 * own {@link EmbeddedBroker}. Thread-safe.
 */
public final class SharedBroker {
    private SharedBroker() {}

    /** The {@code bootstrap.servers} of the shared broker; starts it on first use, which takes about two seconds. */
    public static String bootstrapServers() {
        return Holder.BROKER.bootstrapServers();
    }

    /** Topics of the shared broker. Close it at the end of the test class. */
    public static TestTopics topics() {
        return new TestTopics(bootstrapServers());
    }

    private static final class Holder {
        /** It keeps records of any age: the broker looks for those past their retention at times of its own choice. */
        static final EmbeddedBroker BROKER = EmbeddedBroker.builder()
                .property("log.retention.ms", "-1")
                .build()
                .start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(BROKER::close, "shared-broker-stop"));
        }
    }
}
