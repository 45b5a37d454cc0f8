package localcdc.lab.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import localcdc.core.verify.TableReport;
import localcdc.core.verify.VerifyReport;

/**
 * The comparison for programs: {@code {"machine":{..},"paths":[..],"equal":true}}, and each path {@code {"path":"kafka",
 * "run":"alone"|"together","latencyMillis":{"count","p50","p90","p99","max"},"stages":{"commitToCaptured":{..},..},
 * "changesPerSecond":x,"writtenPerSecond":x,"cpuCores":{"runner":x,..},"cpuSeconds":{..},"residentMib":{..},
 * "rowsCompared":n,"equal":true|false|null}}. {@code cpuCores} is while latency is measured, {@code cpuSeconds} for the
 * changes at full speed; {@code equal} is null where nothing was compared or decided.
 */
final class CompareJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private CompareJson() {}

    static String of(Comparison.Outcome outcome) {
        var report = new LinkedHashMap<String, Object>();
        report.put("machine", outcome.machine());
        report.put("paths", outcome.results().stream().map(CompareJson::path).toList());
        report.put("equal", outcome.allEqual());
        try {
            return JSON.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of texts and numbers are always JSON", e);
        }
    }

    private static Map<String, Object> path(PathResult result) {
        var total = new TreeMap<String, Object>();
        var stages = new TreeMap<String, Map<String, Object>>();
        result.latency().forEach((name, value) -> {
            int dot = name.indexOf('.');
            if (dot > 0) {
                stages.computeIfAbsent(name.substring(0, dot), stage -> new TreeMap<>())
                        .put(name.substring(dot + 1), number(name, value));
            } else if (!name.equals("cpu")) {
                total.put(name, number(name, value));
            }
        });
        var json = new LinkedHashMap<String, Object>();
        json.put("path", result.contender().title());
        json.put("run", result.together() ? "together" : "alone");
        json.put("latencyMillis", total);
        json.put("stages", stages);
        json.put("changesPerSecond", result.appliedPerSecond());
        json.put("writtenPerSecond", result.writtenPerSecond());
        json.put("cpuCores", result.latencyCpu());
        json.put("cpuSeconds", result.throughputCpuSeconds());
        json.put("residentMib", result.residentMib());
        json.put("rowsCompared", result.verify().map(CompareJson::rows).orElse(0L));
        json.put("equal", result.verify().map(CompareJson::equal).orElse(null));
        return json;
    }

    private static Object number(String name, double value) {
        return name.endsWith("count") ? (Object) (long) value : (Object) value;
    }

    private static long rows(VerifyReport report) {
        return report.tables().stream().mapToLong(TableReport::rowsCompared).sum();
    }

    private static Boolean equal(VerifyReport report) {
        return switch (report.verdict()) {
            case EQUAL -> Boolean.TRUE;
            case DIFFERENT -> Boolean.FALSE;
            case UNDECIDED -> null;
        };
    }
}
