package localcdc.lab.up;

import static org.assertj.core.api.Assertions.assertThat;

import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import org.junit.jupiter.api.Test;

class ReadyLineTest {

    private static final PgSettings POSTGRES =
            new PgSettings("127.0.0.1", 5433, "post\"gres", "postgres", "secret", SslMode.DISABLE);

    @Test
    void saysHowToReachItsOwnServer() {
        assertThat(ReadyLine.of(POSTGRES, true, null))
                .isEqualTo("{\"postgres\":{\"host\":\"127.0.0.1\",\"port\":5433,\"database\":\"post\\\"gres\","
                        + "\"user\":\"postgres\",\"password\":\"secret\"}}");
    }

    @Test
    void keepsThePasswordOfSomebodyElsesServerToItself() {
        assertThat(ReadyLine.of(POSTGRES, false, null)).contains("5433").doesNotContain("secret", "password");
    }

    @Test
    void saysWhereTheKafkaPathIs() {
        assertThat(ReadyLine.of(POSTGRES, false, "127.0.0.1:9092", "http://127.0.0.1:8083", "cdc-connector", "cdc"))
                .endsWith("},\"kafka\":{\"bootstrapServers\":\"127.0.0.1:9092\"},\"connect\":{\"url\":"
                        + "\"http://127.0.0.1:8083\"},\"connector\":\"cdc-connector\",\"topicPrefix\":\"cdc\"}");
    }
}
