package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareIT {

    @TempDir
    private Path folder;

    @Test
    void runsTheSameWorkloadThroughBothPathsAndProvesBothMaps() throws Exception {
        var plot = folder.resolve("compare.svg");
        try (var lab = ChildLab.start(
                "compare",
                "--rows",
                "1000",
                "--changes",
                "1000",
                "--rate",
                "50",
                "--duration",
                "1s",
                "--output",
                "json",
                "--plot",
                plot.toString())) {
            var lines = lab.remainingLines();

            assertThat(lab.exitCode(Duration.ofSeconds(60))).as(lab.errors()).isZero();
            assertThat(lines).hasSize(1);
            var report = new ObjectMapper().readTree(lines.get(0));
            assertThat(report.get("equal").asBoolean()).isTrue();
            var columns = new ArrayList<String>();
            for (var path : report.get("paths")) {
                columns.add(path.get("path").asText() + " " + path.get("run").asText());
                assertMeasured(path);
            }
            assertThat(columns)
                    .containsExactly(
                            "direct alone",
                            "embedded alone",
                            "kafka alone",
                            "direct together",
                            "embedded together",
                            "kafka together");
            assertThat(Files.readString(plot)).contains("<svg", "kafka");
        }
    }

    private static void assertMeasured(JsonNode path) {
        assertThat(path.get("rowsCompared").asLong()).isPositive();
        assertThat(path.get("equal").asBoolean()).isTrue();
        assertThat(path.get("latencyMillis").get("count").asLong()).isPositive();
        assertThat(path.get("cpuSeconds").get("runner").asDouble()).isPositive();
        assertThat(path.get("changesPerSecond").asDouble()).isPositive();
    }
}
