package dev.keyway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a page in {@code docs} that comes from the code, between {@code <!-- NAME -->} and {@code <!-- /NAME -->}.
 * {@code mvn test -pl admin -am -Dtest='*DocTest' -Dsurefire.failIfNoSpecifiedTests=false -Dkeyway.docs.write=true}
 * writes it anew.
 */
public final class GeneratedDoc {

    private GeneratedDoc() {}

    public static void check(String page, String name, String expected) throws Exception {
        Path file = Path.of("..", "docs", page);
        String text = Files.readString(file);
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- /" + name + " -->";
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end);
        assertThat(text).as(page).contains(begin, end);
        if (Boolean.getBoolean("keyway.docs.write")) {
            Files.writeString(file, text.substring(0, from) + expected + text.substring(to));
        } else {
            assertThat(text.substring(from, to))
                    .as("%s is not what the code says; write it anew with -Dkeyway.docs.write=true", page)
                    .isEqualTo(expected);
        }
    }
}
