package dev.keyway.admin.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.Mutations;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Configuration files of any content are read, or refused with the problem; nothing else comes out. */
class ConfigFuzzProperties {
    private static final Path FILE = Path.of("keyway.yaml");

    @Provide
    Arbitrary<byte[]> yaml() {
        return Mutations.of(
                "kafka:\n  clusters:\n    - {name: main, brokers: [\"b:9092\"]}\ningress:\n  port: 8080\n",
                "a: &x {b: 1}\nc: *x\nd: |\n  text\n  more\n",
                "limits: {partition-bytes: 16MiB}\nkafka.home: main\n");
    }

    @Provide
    Arbitrary<byte[]> toml() {
        return Mutations.of(
                "[[ingress.kafka-clusters]]\nname = \"main\"\nbrokers = [\"PLAINTEXT://b:9092\"]\n",
                "a.b = 1979-05-27T07:32:00Z\nc = {d = [1, 2.5, true]}\n\"q k\" = '''x\ny'''\n");
    }

    @Provide
    Arbitrary<byte[]> figment() {
        return Mutations.of("[{name=\"main\",brokers=[\"PLAINTEXT://b:9092\"]}]", "{a=1, \"b c\"=[true, x]}");
    }

    @Property(tries = 1_000, seed = "-7278826370368573784")
    void anyYamlIsReadOrRefusedWithTheProblem(@ForAll("yaml") byte[] bytes) {
        try {
            YamlFile.read(FILE, new String(bytes, StandardCharsets.UTF_8));
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }

    @Property(tries = 1_000, seed = "-8896096741519058376")
    void anyTomlIsReadOrRefusedWithTheProblem(@ForAll("toml") byte[] bytes) {
        try {
            TomlFile.read(FILE, new String(bytes, StandardCharsets.UTF_8));
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }

    @Property(tries = 1_000, seed = "4876234917672763166")
    void anyVariableIsReadOrRefusedWithThePosition(@ForAll("figment") byte[] bytes) {
        try {
            Figment.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
