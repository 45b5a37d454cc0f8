package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build measures the figures that between them start every server and kind of probe; {@code -DeveryFigure=true} all of them. */
class BenchIT {

    private static final List<String> EVERY =
            List.of("P1", "P10", "P11", "P12", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9");
    private static final List<String> SOME = List.of("P1", "P12", "P4", "P6", "P8", "P9");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void measuresAndProvesThatTheMapsAreRight() throws Exception {
        var wanted = Boolean.getBoolean("everyFigure") ? EVERY : SOME;
        var plot = folder.resolve("plot.svg");
        try (var lab = ChildLab.start(
                "bench",
                "--only",
                String.join(",", wanted),
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

            assertThat(lab.exitCode(PATIENCE)).as(lab.errors()).isZero();
            assertThat(lines).hasSize(1);
            var report = new ObjectMapper().readTree(lines.get(0));
            var figures = new TreeSet<String>();
            report.get("findings")
                    .forEach(finding -> figures.add(finding.get("figure").asText()));
            assertThat(figures).containsExactlyElementsOf(wanted);
            assertThat(report.get("mapEqualsPostgres").asBoolean()).isTrue();
            assertThat(report.get("mapsCompared").asInt()).isEqualTo(wanted.equals(EVERY) ? 11 : 6);
            assertThat(report.get("machine").get("postgres").asText()).contains("fsync on");
            assertThat(Files.readString(plot)).contains("<svg", "P6");
        }
    }

    @Test
    void measuresWhatAnOpenPageCosts() throws Exception {
        Browser.require();
        try (var lab =
                ChildLab.start("bench", "--only", "P11", "--rounds", "1", "--rows", "2000", "--changes", "2000")) {
            var report = String.join("\n", lab.remainingLines());

            assertThat(lab.exitCode(PATIENCE)).as(lab.errors()).isZero();
            assertThat(report)
                    .contains(
                            "alone: p99",
                            "served: p99",
                            "watched: p99",
                            "watched: CPU of the browser",
                            "watched, all in sight: p99",
                            "Map equals Postgres: yes")
                    .containsPattern("=> watched: p99, of that alone +\\d");
        }
    }
}
