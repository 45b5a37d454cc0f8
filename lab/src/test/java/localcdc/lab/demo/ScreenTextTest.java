package localcdc.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import localcdc.core.event.TableId;
import localcdc.core.index.TableStats;
import localcdc.core.pipeline.Latency;
import org.junit.jupiter.api.Test;

class ScreenTextTest {

    private static final List<ChangeLines.Line> RECENT =
            List.of(new ChangeLines.Line("update", "inventory.customers", "{\"id\":1}", "balance"));
    private static final Facts FACTS = new Facts(
            Duration.ofSeconds(3725), "", List.of(path("embedded", 42, RECENT), path("kafka", 41, List.of())));

    private static Facts.Path path(String name, long rows, List<ChangeLines.Line> recent) {
        return path(name, rows, new Latency.Percentiles(10, 5.04, 8, 12.3, 20), recent);
    }

    private static Facts.Path path(String name, long rows, Latency.Percentiles latency, List<ChangeLines.Line> recent) {
        return new Facts.Path(
                name,
                "STREAMING",
                "0/1A2B3C4",
                19.96,
                latency,
                "in the last minute",
                512L,
                "yes, " + rows + " rows compared",
                Duration.ofSeconds(3),
                List.of(new TableStats(new TableId("inventory", "customers"), rows, 7, 50, 60, 15, 0, 4000)),
                recent);
    }

    @Test
    void showsWhatAReaderLooksFor() {
        var text = String.join("\n", ScreenText.lines(FACTS, List.of("page     http://x/"), List.of("INFO hello")));

        assertThat(text)
                .contains("01:02:05", "http://x/", "embedded", "kafka", "STREAMING", "0/1A2B3C4", "20.0 changes/s")
                .contains(
                        "512 bytes",
                        "p50 5.0",
                        "p99 12.3",
                        "yes, 42 rows compared",
                        "yes, 41 rows compared",
                        "(3 s ago)")
                .containsPattern("inventory\\.customers +42 +41 +50 +60 +15")
                .contains("update   inventory.customers {\"id\":1}  balance", "INFO hello");
    }

    @Test
    void showsTheSameInALineForEachPath() {
        assertThat(PlainView.lines(FACTS))
                .containsExactly(
                        "embedded  STREAMING  42 rows in 1 tables  20.0 changes/s  latency in the last minute p50 5.0 ms, p99 12.3 ms"
                                + "  map equals Postgres: yes, 42 rows compared  last: update inventory.customers {\"id\":1}",
                        "kafka     STREAMING  41 rows in 1 tables  20.0 changes/s  latency in the last minute p50 5.0 ms, p99 12.3 ms"
                                + "  map equals Postgres: yes, 41 rows compared");
    }

    @Test
    void tellsNoLatencyWhereThereWasNoChange() {
        var quiet = new Facts(
                Duration.ofSeconds(5),
                "",
                List.of(path("embedded", 42, new Latency.Percentiles(0, 0, 0, 0, 0), List.of())));

        assertThat(PlainView.lines(quiet).get(0))
                .contains("no change in the last minute")
                .doesNotContain("p50");
        assertThat(String.join("\n", ScreenText.lines(quiet, List.of(), List.of())))
                .contains("no change in the last minute")
                .doesNotContain("p50");
    }
}
