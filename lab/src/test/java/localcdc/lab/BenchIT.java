package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchIT {

    @TempDir
    private Path folder;

    @Test
    void measuresEveryFigureAndProvesThatTheMapsAreRight() throws Exception {
        var plot = folder.resolve("plot.svg");
        try (var lab = ChildLab.start(
                "bench",
                "--rounds",
                "1",
                "--rows",
                "2000",
                "--changes",
                "2000",
                "--output",
                "json",
                "--plot",
                plot.toString())) {
            var lines = lab.remainingLines();

            assertThat(lab.exitCode(Duration.ofSeconds(60))).as(lab.errors()).isZero();
            assertThat(lines).hasSize(1);
            var report = new ObjectMapper().readTree(lines.get(0));
            var figures = new TreeSet<String>();
            report.get("findings")
                    .forEach(finding -> figures.add(finding.get("figure").asText()));
            assertThat(figures).containsExactly("P1", "P2", "P3", "P6", "P7");
            assertThat(report.get("mapEqualsPostgres").asBoolean()).isTrue();
            assertThat(report.get("mapsCompared").asInt()).isEqualTo(4);
            assertThat(report.get("machine").get("postgres").asText()).contains("fsync on");
            assertThat(Files.readString(plot)).contains("<svg", "P6");
        }
    }
}
