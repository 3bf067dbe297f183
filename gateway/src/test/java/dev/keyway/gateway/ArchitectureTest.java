package dev.keyway.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;

/** The borders of modules and packages, and where blocking is allowed. Covers every module but the benchmarks. */
@AnalyzeClasses(packages = "dev.keyway", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** Class and methods that make their thread wait. Waiting with a timeout is waiting. */
    private static final Map<String, Set<String>> BLOCKING = Map.ofEntries(
            Map.entry("java.util.concurrent.Future", Set.of("get")),
            Map.entry("java.util.concurrent.CompletableFuture", Set.of("get", "join")),
            Map.entry("org.apache.kafka.common.KafkaFuture", Set.of("get")),
            Map.entry("io.vertx.core.Future", Set.of("await")),
            Map.entry("java.util.concurrent.CountDownLatch", Set.of("await")),
            Map.entry("java.util.concurrent.locks.Condition", Set.of("await", "awaitNanos", "awaitUninterruptibly")),
            Map.entry("java.util.concurrent.locks.LockSupport", Set.of("park", "parkNanos", "parkUntil")),
            Map.entry("java.util.concurrent.BlockingQueue", Set.of("put", "take", "poll", "offer")),
            Map.entry("java.util.concurrent.Semaphore", Set.of("acquire", "acquireUninterruptibly")),
            Map.entry("java.util.concurrent.ExecutorService", Set.of("awaitTermination", "invokeAll", "invokeAny")),
            Map.entry("java.lang.Thread", Set.of("sleep", "join")),
            Map.entry("java.lang.Object", Set.of("wait")),
            Map.entry("java.lang.Process", Set.of("waitFor")),
            Map.entry("java.net.http.HttpClient", Set.of("send")),
            Map.entry("org.apache.kafka.clients.consumer.Consumer", Set.of("poll", "commitSync", "position")),
            Map.entry("org.apache.kafka.clients.producer.Producer", Set.of("flush", "initTransactions")));

    private static final String[] MAY_BLOCK = {
        // Poll threads, the threads of transactions and the worker that talks to the registry topic.
        "dev.keyway.gateway.source",
        "dev.keyway.gateway.commit",
        "dev.keyway.admin.registry",
        // Restores and topic checks, on workers.
        "dev.keyway.gateway.state",
        // Reads files before the instance runs.
        "dev.keyway.admin.config",
        // Main threads of commands.
        "dev.keyway.gateway.cli",
        "dev.keyway.gateway.dev",
        "dev.keyway.broker"
    };

    @ArchTest
    static final ArchRule blockingCallsStayOnThreadsThatMayBlock = noClasses()
            .that()
            .resideOutsideOfPackages(MAY_BLOCK)
            // Ask Kafka on a worker.
            .and()
            .doNotHaveFullyQualifiedName("dev.keyway.admin.rest.KafkaCalls")
            .and()
            .doNotHaveFullyQualifiedName("dev.keyway.admin.rest.Topics")
            .and()
            .doNotHaveFullyQualifiedName("dev.keyway.admin.kafka.TransactionLimit")
            // Has a poll thread of its own.
            .and()
            .doNotHaveFullyQualifiedName("dev.keyway.gateway.rpc.inbox.AnswerReader")
            .should()
            .callMethodWhere(blocking())
            .because("event loops must not wait (invariant I6)");

    @ArchTest
    static final ArchRule hotPathsHoldNoMonitors = methods()
            .that()
            .areDeclaredInClassesThat(resideInAnyPackage(
                    "dev.keyway.ordering..",
                    "dev.keyway.codecs..",
                    "dev.keyway.gateway.dispatch..",
                    "dev.keyway.gateway.invoke..",
                    "dev.keyway.gateway.pace..",
                    "dev.keyway.gateway.rpc..",
                    "dev.keyway.gateway.egress.."))
            .should()
            .notHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule codecsKnowNeitherKafkaNorServers = noClasses()
            .that()
            .resideInAPackage("dev.keyway.codecs..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.kafka..",
                    "io.vertx..",
                    "dev.keyway.ordering..",
                    "dev.keyway.admin..",
                    "dev.keyway.gateway..",
                    "dev.keyway.broker..");

    @ArchTest
    static final ArchRule orderingIsPlainJava = noClasses()
            .that()
            .resideInAPackage("dev.keyway.ordering..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.kafka..",
                    "io.vertx..",
                    "dev.keyway.codecs..",
                    "dev.keyway.admin..",
                    "dev.keyway.gateway..",
                    "dev.keyway.broker..");

    @ArchTest
    static final ArchRule adminDoesNotKnowTheGateway = noClasses()
            .that()
            .resideInAPackage("dev.keyway.admin..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.keyway.gateway..");

    @ArchTest
    static final ArchRule onlyTheDevCommandsKnowTheEmbeddedBroker = noClasses()
            .that()
            .resideOutsideOfPackages("dev.keyway.gateway.dev", "dev.keyway.broker", "dev.keyway.benchmarks..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.keyway.broker..", "kafka..", "org.apache.kafka.server..");

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsTheDevCommands = noClasses()
            .that()
            .resideOutsideOfPackages("dev.keyway.gateway.dev", "dev.keyway.gateway.cli")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.keyway.gateway.dev");

    @ArchTest
    static final ArchRule classesAreNamedForWhatTheyAre =
            noClasses().should().haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)(\\$.*)?");

    private static DescribedPredicate<JavaMethodCall> blocking() {
        return describe("a call that blocks", call -> BLOCKING.entrySet().stream()
                .anyMatch(entry -> entry.getValue().contains(call.getTarget().getName())
                        && call.getTargetOwner().isAssignableTo(entry.getKey())));
    }
}
