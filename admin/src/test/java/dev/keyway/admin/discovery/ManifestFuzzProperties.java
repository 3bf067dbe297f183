package dev.keyway.admin.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.Mutations;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Manifests of any content are read, or refused by name; nothing else comes out. */
class ManifestFuzzProperties {

    @Provide
    Arbitrary<byte[]> manifests() {
        return Mutations.of("""
                {"protocolMode":"BIDI_STREAM","minProtocolVersion":5,"maxProtocolVersion":6,"services":[
                 {"name":"Counter","ty":"VIRTUAL_OBJECT","metadata":{"a":"b"},"inactivityTimeout":1000,
                  "handlers":[{"name":"add","ty":"EXCLUSIVE","input":{"required":true,"contentType":"application/json",
                  "jsonSchema":{"type":"number"}},"output":{"contentType":"application/json"},
                  "retryPolicyInitialInterval":100,"retryPolicyMaxAttempts":3}]}]}""", "{\"services\":[]}");
    }

    @Property(tries = 1_000, seed = "-5972022785504558926")
    void anyManifestIsReadOrRefused(@ForAll("manifests") byte[] bytes) {
        try {
            ManifestReader.read(bytes, "sdk/1");
        } catch (DiscoveryException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
