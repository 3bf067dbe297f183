package dev.keyway.admin.module.load;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.config.Tree;
import dev.keyway.admin.module.yaml.Placeholders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What tells apart the modules of two instances. Comments, layout and the order of keys, documents and files do not
 * count, values of placeholders do; secrets never enter.
 */
final class ModuleHash {

    private ModuleHash() {}

    /** @return 64 hexadecimal digits, empty without documents */
    static String of(List<Tree> documents, Placeholders placeholders) {
        List<String> digests = documents.stream()
                .map(document -> {
                    MessageDigest digest = sha256();
                    write(document, null, placeholders, digest);
                    return HexFormat.of().formatHex(digest.digest());
                })
                .sorted()
                .toList();
        if (digests.isEmpty()) {
            return "";
        }
        MessageDigest all = sha256();
        digests.forEach(digest -> put(all, digest));
        return HexFormat.of().formatHex(all.digest());
    }

    private static void write(Tree tree, String key, Placeholders placeholders, MessageDigest digest) {
        Map<String, Tree> map = tree.map();
        if (map != null) {
            digest.update((byte) '{');
            new TreeMap<>(map).forEach((name, child) -> {
                put(digest, name);
                write(child, name, placeholders, digest);
            });
            digest.update((byte) '}');
        } else if (tree.list() != null) {
            digest.update((byte) '[');
            tree.list().forEach(child -> write(child, null, placeholders, digest));
            digest.update((byte) ']');
        } else if (tree.text() == null) {
            digest.update((byte) '~');
        } else {
            put(digest, key != null && Masking.isSecret(key) ? Masking.MASK : shown(tree.text(), placeholders));
        }
    }

    private static String shown(String text, Placeholders placeholders) {
        try {
            return placeholders.option(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static void put(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((byte) '"');
        for (int shift = 24; shift >= 0; shift -= 8) {
            digest.update((byte) (bytes.length >>> shift));
        }
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
