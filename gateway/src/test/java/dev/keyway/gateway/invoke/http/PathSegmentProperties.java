package dev.keyway.gateway.invoke.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;

class PathSegmentProperties {

    @Property
    void a_key_is_one_segment_that_decodes_to_itself(@ForAll @NotEmpty String key) {
        String wellFormed = new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        if (wellFormed.equals(".") || wellFormed.equals("..")) {
            return;
        }

        String segment = PathSegment.encode(wellFormed);

        assertThat(segment).matches("(?:[A-Za-z0-9._-]|%[0-9A-F]{2})+");
        assertThat(URLDecoder.decode(segment, StandardCharsets.UTF_8)).isEqualTo(wellFormed);
        assertThat(URI.create("http://h/a/" + segment + "/b").normalize().getRawPath())
                .isEqualTo("/a/" + segment + "/b");
    }

    @Property
    void two_keys_never_share_a_segment(@ForAll String one, @ForAll String other) {
        String a = new String(one.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String b = new String(other.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

        assertThat(PathSegment.encode(a).equals(PathSegment.encode(b))).isEqualTo(a.equals(b));
    }

    @Example
    void keys_that_a_path_cannot_spell_get_a_marker_of_their_own() {
        assertThat(PathSegment.encode("")).isEqualTo("~");
        assertThat(PathSegment.encode(".")).isEqualTo("~.");
        assertThat(PathSegment.encode("..")).isEqualTo("~..");
        assertThat(PathSegment.encode("~")).isEqualTo("%7E");
        assertThat(PathSegment.encode("~.")).isEqualTo("%7E.");
        assertThat(PathSegment.encode("...")).isEqualTo("...");
        assertThat(PathSegment.encode(".a")).isEqualTo(".a");
        assertThat(PathSegment.encode("a/b?c#d%e\r\n\0 ü")).isEqualTo("a%2Fb%3Fc%23d%25e%0D%0A%00%20%C3%BC");
    }

    @Example
    void a_joined_path_has_no_rest_of_its_buffer() {
        AsciiString path = PathSegment.join(AsciiString.of("/O/"), "ü", AsciiString.of("/h"));

        assertThat(path.toString()).isEqualTo("/O/%C3%BC/h");
        assertThat(path.length()).isEqualTo(11);
    }
}
