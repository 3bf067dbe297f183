package dev.keyway.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodecsTest {

    @TempDir
    Path directory;

    @Test
    void knowsItsOwnCodecs() throws Exception {
        assertThat(Codecs.load(getClass().getClassLoader()).names()).containsExactly("binary", "json", "protobuf");
    }

    @Test
    void picksUpTheCodecOfAJarOnTheClassPath() throws Exception {
        Path jar = CodecJar.build(directory.resolve("rot13.jar"), "acme.Rot13Provider", "rot13");

        try (URLClassLoader loader = loaderWith(jar)) {
            Codecs codecs = Codecs.load(loader);

            assertThat(codecs.names()).containsExactly("binary", "json", "protobuf", "rot13");
            assertThat(codecs.create("rot13", Map.of()).decode("Uryyb".getBytes(StandardCharsets.US_ASCII)))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("Hello");
        }
    }

    @Test
    void refusesTwoCodecsOfOneNameAndNamesClassesAndJars() throws Exception {
        Path one = CodecJar.build(directory.resolve("one.jar"), "acme.OneProvider", "rot13");
        Path two = CodecJar.build(directory.resolve("two.jar"), "acme.TwoProvider", "rot13");

        try (URLClassLoader loader = loaderWith(one, two)) {
            assertThatThrownBy(() -> Codecs.load(loader))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContainingAll("rot13", "acme.OneProvider", "one.jar", "acme.TwoProvider", "two.jar");
        }
    }

    @Test
    void refusesAProviderWithABadName() throws Exception {
        Path jar = CodecJar.build(directory.resolve("bad.jar"), "acme.BadProvider", "Rot 13");

        try (URLClassLoader loader = loaderWith(jar)) {
            assertThatThrownBy(() -> Codecs.load(loader))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContainingAll("Rot 13", "acme.BadProvider", "bad.jar");
        }
    }

    @Test
    void refusesAServiceFileThatNamesAMissingClass() throws Exception {
        Path jar = CodecJar.buildWithoutClass(directory.resolve("broken.jar"), "acme.MissingProvider");

        try (URLClassLoader loader = loaderWith(jar)) {
            assertThatThrownBy(() -> Codecs.load(loader))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("acme.MissingProvider");
        }
    }

    @Test
    void unknownNameListsTheKnownOnesAndTheNearest() throws Exception {
        Codecs codecs = Codecs.load(getClass().getClassLoader());

        assertThatThrownBy(() -> codecs.create("jsno", Map.of()))
                .isInstanceOf(CodecException.class)
                .hasMessage("no codec is named 'jsno'; known codecs: binary, json, protobuf; did you mean 'json'?");
    }

    @Test
    void codecWithoutOptionsRefusesOne() throws Exception {
        Codecs codecs = Codecs.load(getClass().getClassLoader());

        assertThatThrownBy(() -> codecs.create("json", Map.of("pretty", "true")))
                .isInstanceOf(CodecException.class)
                .hasMessage("codec 'json' has no option 'pretty'; it takes none");
    }

    @Test
    void binaryPassesTheSameArrayOnAndTakesTombstones() throws Exception {
        Codec binary = Codecs.load(getClass().getClassLoader()).create("binary", Map.of());
        byte[] value = {0, -1, 42};

        assertThat(binary.decode(value)).isSameAs(value);
        assertThat(binary.acceptsNull()).isTrue();
        assertThat(binary.contentType()).isEqualTo("application/octet-stream");
    }

    private URLClassLoader loaderWith(Path... jars) throws Exception {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = jars[i].toUri().toURL();
        }
        return new URLClassLoader(urls, getClass().getClassLoader());
    }
}
