package localcdc.lab.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** The measurements for programs. */
final class JsonReport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonReport() {}

    static String of(Map<String, String> machine, Results results) {
        var report = new LinkedHashMap<String, Object>();
        report.put("machine", machine);
        report.put(
                "findings", results.findings().stream().map(JsonReport::finding).toList());
        report.put("runs", results.measurements().stream().map(JsonReport::run).toList());
        report.put("mapsCompared", results.compared());
        report.put("mapEqualsPostgres", !results.anyDifferent());
        try {
            return JSON.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of texts and numbers are always JSON", e);
        }
    }

    private static Map<String, Object> finding(Finding finding) {
        var json = new LinkedHashMap<String, Object>();
        json.put("figure", finding.figure().name());
        json.put("name", finding.name());
        json.put("perRound", finding.perRound());
        json.put("median", finding.value());
        json.put(finding.atLeast() ? "atLeast" : "atMost", finding.goal());
        json.put("met", finding.isMet());
        finding.stretch().ifPresent(stretch -> {
            json.put("stretch", stretch);
            json.put("stretchMet", finding.isStretchMet());
        });
        return json;
    }

    private static Map<String, Object> run(Measurement measurement) {
        var json = new LinkedHashMap<String, Object>();
        json.put("round", measurement.round());
        json.put("variant", measurement.variant().name());
        json.put("label", measurement.variant().label());
        json.put("values", measurement.values());
        return json;
    }
}
