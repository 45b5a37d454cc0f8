package localcdc.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ResultsTest {

    private static Measurement rate(int round, Variant variant, double rate) {
        return new Measurement(round, variant, Map.of("count", rate, "seconds", 1.0, "equal", 1.0));
    }

    @Test
    void comparesWithinARoundOnly() {
        // Given: a machine that becomes ten times slower from round to round
        var results = new Results(List.of(
                rate(1, Variant.MAP_STREAM, 1200),
                rate(1, Variant.ENGINE_STREAM, 1000),
                rate(2, Variant.ENGINE_STREAM, 100),
                rate(2, Variant.MAP_STREAM, 110),
                rate(3, Variant.MAP_STREAM, 7),
                rate(3, Variant.ENGINE_STREAM, 10)));

        // When
        var findings = results.findings();

        // Then
        assertThat(findings).hasSize(1);
        var finding = findings.get(0);
        assertThat(finding.figure()).isEqualTo(Figure.P1);
        assertThat(finding.value()).isEqualTo(1.1, Offset.offset(1e-9));
        assertThat(finding.isMet()).isTrue();
        assertThat(finding.isStretchMet()).isFalse();
    }

    @Test
    void takesTheRawStreamWhereTheToolIsMissing() {
        var results = new Results(List.of(rate(1, Variant.MAP_STREAM, 40), rate(1, Variant.RAW_STREAM, 100)));

        assertThat(results.findings()).hasSize(1).allMatch(finding -> finding.value() == 0.4 && finding.isMet());
    }

    @Test
    void setsAWatchedStretchAgainstTheOneAloneOfTheSameRound() {
        var results = new Results(List.of(
                new Measurement(1, Variant.MAP_WATCHED, watched(10, 10.5, 2000, 1990)),
                new Measurement(2, Variant.MAP_WATCHED, watched(20, 30, 2000, 1000)),
                new Measurement(3, Variant.MAP_WATCHED, watched(20, 24, 2000, 2000))));

        var findings = results.findings();

        assertThat(findings).extracting(Finding::figure).containsOnly(Figure.P11);
        assertThat(findings).extracting(Finding::name).startsWith("served: p99, of that alone");
        assertThat(findings.get(0).perRound()).containsExactly(1.0, 1.0, 1.0);
        assertThat(findings.get(2).perRound()).containsExactly(1.05, 1.5, 1.2);
        assertThat(findings.get(2).isMet()).isFalse();
        assertThat(findings.get(3).perRound()).containsExactly(0.995, 0.5, 1.0);
        assertThat(findings.get(3).isMet()).isTrue();
    }

    private static Map<String, Double> watched(
            double aloneP99, double watchedP99, double aloneRate, double watchedRate) {
        return Map.of(
                "alone.p99", aloneP99,
                "served.p99", aloneP99,
                "watched.p99", watchedP99,
                "watched, all in sight.p99", watchedP99,
                "alone.changesPerSecond", aloneRate,
                "served.changesPerSecond", aloneRate,
                "watched.changesPerSecond", watchedRate,
                "watched, all in sight.changesPerSecond", watchedRate);
    }

    @Test
    void judgesAQuestionByItsSlowestAnswer() {
        var results = new Results(List.of(
                new Measurement(1, Variant.MAP_ASKED, Map.of("first page.max", 99.0, "key.max", 101.0)),
                new Measurement(2, Variant.MAP_ASKED, Map.of("first page.max", 150.0, "key.max", 102.0)),
                new Measurement(3, Variant.MAP_ASKED, Map.of("first page.max", 10.0, "key.max", 3.0))));

        assertThat(results.findings())
                .extracting(Finding::figure, Finding::name, Finding::value, Finding::isMet)
                .containsExactly(
                        tuple(Figure.P12, "first page: the slowest", 99.0, true),
                        tuple(Figure.P12, "key: the slowest", 101.0, false));
    }

    @Test
    void saysWhenAMapWasWrong() {
        var wrong = new Measurement(2, Variant.MAP_STREAM, Map.of("count", 1.0, "seconds", 1.0, "equal", 0.0));
        var results = new Results(List.of(rate(1, Variant.MAP_STREAM, 40), wrong));

        assertThat(results.anyDifferent()).isTrue();
        assertThat(results.compared()).isEqualTo(2);
        assertThat(TextReport.of(Map.of("date", "today"), results)).contains("Map equals Postgres: NO", "today");
    }

    @Test
    void printsOneJsonObject() {
        var results = new Results(List.of(rate(1, Variant.MAP_STREAM, 40), rate(1, Variant.RECVLOGICAL, 100)));

        assertThat(JsonReport.of(Map.of("date", "today"), results))
                .isEqualTo("{\"machine\":{\"date\":\"today\"},\"findings\":[{\"figure\":\"P1\","
                        + "\"name\":\"x pg_recvlogical to /dev/null\",\"perRound\":[0.4],\"median\":0.4,\"atLeast\":0.35,"
                        + "\"met\":true,\"stretch\":0.5,\"stretchMet\":false}],\"runs\":["
                        + "{\"round\":1,\"variant\":\"MAP_STREAM\",\"label\":\"Postgres -> engine -> HashMap, as shipped\","
                        + "\"values\":" + "{\"count\":40.0,\"equal\":1.0,\"seconds\":1.0}},"
                        + "{\"round\":1,\"variant\":\"RECVLOGICAL\",\"label\":\"pg_recvlogical to /dev/null\","
                        + "\"values\":{\"count\":100.0,\"equal\":1.0,\"seconds\":1.0}}],"
                        + "\"mapsCompared\":2,\"mapEqualsPostgres\":true}\n");
    }
}
