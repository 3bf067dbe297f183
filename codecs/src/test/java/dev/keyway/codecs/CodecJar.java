package dev.keyway.codecs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Builds the jar of a third party's codec, as its author would: compile against keyway-codecs, add the service file. */
final class CodecJar {

    private static final String SOURCE = """
            package acme;

            import dev.keyway.codecs.*;
            import java.util.Map;

            public final class %1$s implements CodecProvider, Codec {
                public String name() { return "%2$s"; }
                public Codec create(Map<String, String> options) throws CodecException {
                    CodecOptions.of(name(), options);
                    return this;
                }
                public String contentType() { return "text/plain"; }
                public boolean acceptsNull() { return false; }
                public byte[] decode(byte[] value) {
                    byte[] out = value.clone();
                    for (int i = 0; i < out.length; i++) {
                        int base = out[i] >= 'a' ? 'a' : 'A';
                        out[i] = (byte) (base + (out[i] - base + 13) %% 26);
                    }
                    return out;
                }
            }
            """;

    private CodecJar() {}

    static Path build(Path jar, String className, String codecName) throws IOException {
        Path sources = Files.createDirectories(jar.resolveSibling(jar.getFileName() + ".src/acme"));
        Path classes = Files.createDirectories(jar.resolveSibling(jar.getFileName() + ".classes"));
        String simpleName = className.substring(className.lastIndexOf('.') + 1);
        Path source = Files.writeString(sources.resolve(simpleName + ".java"), SOURCE.formatted(simpleName, codecName));
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        if (failed != 0) {
            throw new IllegalStateException("the test's codec does not compile");
        }
        return pack(jar, classes, className);
    }

    static Path buildWithoutClass(Path jar, String className) throws IOException {
        return pack(jar, Files.createDirectories(jar.resolveSibling(jar.getFileName() + ".classes")), className);
    }

    private static Path pack(Path jar, Path classes, String className) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> tree = Files.walk(classes)) {
            for (Path path : (Iterable<Path>) tree.filter(Files::isRegularFile)::iterator) {
                out.putNextEntry(new JarEntry(classes.relativize(path).toString()));
                Files.copy(path, out);
            }
            out.putNextEntry(new JarEntry("META-INF/services/dev.keyway.codecs.CodecProvider"));
            out.write((className + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }
}
