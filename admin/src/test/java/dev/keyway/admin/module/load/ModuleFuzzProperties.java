package dev.keyway.admin.module.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keyway.admin.Mutations;
import dev.keyway.admin.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Modules of any content are read, or refused with bounded problems that name the place; nothing else comes out. */
class ModuleFuzzProperties {

    private static final String LEGACY = """
            version: "3.0"
            module:
              meta: {type: remote}
              spec:
                endpoints: [{endpoint: {meta: {kind: http}, spec: {functions: a/*, urlPathTemplate: 'http://h'}}}]
                ingresses: [{ingress: {meta: {type: io.statefun.kafka/ingress, id: a/b}, spec: {address: 'b:1'}}}]
            """;
    private static final String ODD = """
            kind: io.statefun.endpoints.v2/http
            spec:
              functions: &f a/b
              urlPathTemplate: ${URL}
              transport: {type: io.statefun.transports.v1/okhttp, timeouts: &t {call: 5 s, read: 1}}
              x-own: [*f, *t]
            ---
            kind: io.statefun.endpoints.v1/http
            spec: {functions: c/*, urlPathTemplate: 'http://h:1/{function.name}', timeouts: {call: 1 min}}
            """;

    @Provide
    Arbitrary<byte[]> modules() throws Exception {
        return Mutations.of(example("routing.yaml"), example("egress.yaml"), example("custom-type.yaml"), LEGACY, ODD);
    }

    /** Two mutations in one text reach deeper than one. */
    @Provide
    Arbitrary<byte[]> pairs() throws Exception {
        return Combinators.combine(modules(), modules(), Arbitraries.of("---\n", "", "\n  ", "x-y: |\n  "))
                .as((first, second, between) ->
                        (text(first) + between + text(second)).getBytes(StandardCharsets.UTF_8));
    }

    private static String example(String file) throws Exception {
        return Files.readString(Path.of("..", "docs", "examples", "statefun", file));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Property(tries = 600, seed = "-1278826370368573784")
    void anyModuleIsReadOrRefusedWithItsProblems(@ForAll("modules") byte[] bytes) {
        readOrRefused(text(bytes));
    }

    @Property(tries = 300, seed = "-2278826370368573784")
    void anyTwoModulesAreReadOrRefusedWithTheirProblems(@ForAll("pairs") byte[] bytes) {
        readOrRefused(text(bytes));
    }

    @Property(tries = 400, seed = "-3278826370368573784")
    void anyTextInPlaceOfAValueIsReadOrRefused(@ForAll String value, @ForAll("keys") String key) throws Exception {
        String quoted = "'" + value.replace("'", "''").replaceAll("\\p{Cntrl}", " ") + "'";
        readOrRefused(example("routing.yaml")
                .replaceAll(
                        "(?m)^( *)(- )?" + key + ": .*$",
                        "$1$2" + key + ": " + java.util.regex.Matcher.quoteReplacement(quoted)));
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.of(
                "kind",
                "functions",
                "urlPathTemplate",
                "maxNumBatchRequests",
                "call",
                "id",
                "address",
                "consumerGroupId",
                "type",
                "orders/0",
                "topic",
                "valueType",
                "autoOffsetResetPosition",
                "max_attempts",
                "dead_letter_topic");
    }

    @Example
    void aBombOfAliases_isRefusedAsTooLarge() {
        StringBuilder bomb = new StringBuilder("kind: a/b\nspec:\n  a0: &a0 [x, x]\n");
        for (int i = 1; i < 25; i++) {
            bomb.append("  a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }

        assertThat(refused(bomb.toString())).contains("holds more than 100000 values, aliases unfolded");
    }

    @Example
    void aLongTextThatIsRepeatedByAliases_makesShortProblems() {
        String text = "kind: io.statefun.kafka.v1/ingress\nspec:\n  id: &x '" + "y".repeat(100_000)
                + "'\n  address: b:1\n  consumerGroupId: g\n  topics: [{topic: t, targets: [" + "*x, ".repeat(50_000)
                + "*x]}]\n";

        assertThat(refused(text)).hasSizeLessThan(100_000).contains("further problems");
    }

    @Example
    void aLoopOfAliases_isRefusedAsTooDeep() {
        assertThat(refused("kind: a/b\nspec: &s {a: *s}\n")).contains("nested more than 32 levels deep");
        assertThat(refused("&s [*s]\n")).contains("nested more than 32 levels deep");
    }

    @Example
    void deepNesting_isRefused() {
        assertThat(refused("kind: a/b\nspec: " + "[".repeat(100_000))).contains("is not YAML");
        assertThat(refused("{a: ".repeat(100_000))).contains("is not YAML");
    }

    @Example
    void aHugeFile_isRefused() throws Exception {
        Path file = Files.createTempFile("module", ".yaml");
        try {
            Files.writeString(file, "# comment\n".repeat(200_000));

            ConfigException refused =
                    catchThrowableOfType(ConfigException.class, () -> Modules.load(java.util.List.of(file)));

            assertThat(refused).hasMessageContaining("is larger than 1MiB");
        } finally {
            Files.delete(file);
        }
    }

    private static String refused(String text) {
        ConfigException refused = catchThrowableOfType(
                ConfigException.class, () -> Modules.parse("m.yaml", text, name -> null, new ArrayList<>()));
        assertThat(refused).isNotNull();
        return refused.getMessage();
    }

    private static void readOrRefused(String text) {
        try {
            Modules.parse("m.yaml", text, name -> null, new ArrayList<>());
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty().hasSizeLessThanOrEqualTo(201).allSatisfy(problem -> {
                assertThat(problem.place()).startsWith("m");
                assertThat(problem.message()).isNotBlank().hasSizeLessThan(20_000);
            });
        }
    }
}
