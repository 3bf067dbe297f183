package dev.keyway.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.Mutations;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Registry records of any content are known, unknown or named as corrupt; reading never throws. */
class EnvelopeFuzzProperties {
    private static final SecretRule PLAIN = new SecretRule(null);

    @Provide
    Arbitrary<byte[]> values() {
        return Mutations.of(
                text(Envelope.write(RecordKind.DEPLOYMENT, Records.deployment("dp_1", Map.of("x-tenant", "a")))),
                text(Envelope.write(RecordKind.SERVICE, Records.service("Greeter", 4))),
                text(Envelope.write(RecordKind.SUBSCRIPTION, Records.subscription("sub_1", Map.of("group.id", "g")))));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Property(tries = 1_000, seed = "2240714393072319684")
    void anyRecordIsKnownUnknownOrCorrupt(@ForAll("values") byte[] value, @ForAll RecordKind kind) {
        assertThat(Envelope.read(kind.key("n").getBytes(StandardCharsets.UTF_8), value, PLAIN))
                .isNotNull();
    }

    @Property(tries = 1_000, seed = "-6026717870781463193")
    void anyKeyIsKnownUnknownOrCorrupt(@ForAll byte[] key, @ForAll("values") byte[] value) {
        assertThat(Envelope.read(key, value, PLAIN)).isNotNull();
    }
}
