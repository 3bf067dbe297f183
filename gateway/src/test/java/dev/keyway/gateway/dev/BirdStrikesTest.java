package dev.keyway.gateway.dev;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class BirdStrikesTest {

    @Test
    void everyReportIsJsonWithItsNumberAndKeyInOrderOfDate() {
        List<BirdStrikes.Strike> strikes = BirdStrikes.load();

        assertThat(strikes).hasSizeGreaterThanOrEqualTo(3_000);
        String date = "";
        for (int i = 0; i < strikes.size(); i++) {
            JsonObject json = new JsonObject(strikes.get(i).json());
            assertThat(json.getInteger("number")).isEqualTo(i + 1);
            assertThat(json.getString("airport")).isEqualTo(strikes.get(i).airport());
            assertThat(json.getString("date")).isGreaterThanOrEqualTo(date);
            date = json.getString("date");
        }
    }
}
