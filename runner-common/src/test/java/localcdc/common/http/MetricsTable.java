package localcdc.common.http;

import java.util.LinkedHashSet;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What {@code /metrics} says of some metrics, as a table of a reference page. */
public final class MetricsTable {

    private static final String HEAD = """
            | metric | type | labels | meaning |
            | --- | --- | --- | --- |
            """;
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    private MetricsTable() {}

    /** A row for each metric whose name begins so. */
    public static String of(String metrics, String prefix) {
        var help = Pattern.compile("# HELP (" + prefix + "\\S*) (.*)");
        var type = Pattern.compile("# TYPE (" + prefix + "\\S*) (.*)");
        var sample = Pattern.compile("(" + prefix + "\\w*)(?:\\{(.*)})? .*");
        var helps = new TreeMap<String, String>();
        var types = new TreeMap<String, String>();
        var labels = new TreeMap<String, LinkedHashSet<String>>();
        metrics.lines().forEach(line -> {
            var ofHelp = help.matcher(line);
            var ofType = type.matcher(line);
            var ofSample = sample.matcher(line);
            if (ofHelp.matches()) {
                helps.put(ofHelp.group(1), ofHelp.group(2));
            } else if (ofType.matches()) {
                types.put(ofType.group(1), ofType.group(2));
            } else if (ofSample.matches() && ofSample.group(2) != null) {
                var name = ofSample.group(1).replaceFirst("_bucket$", "");
                LABEL.matcher(ofSample.group(2)).results().forEach(label -> labels.computeIfAbsent(
                                name, any -> new LinkedHashSet<>())
                        .add(label.group(1)));
            }
        });
        return HEAD
                + helps.entrySet().stream()
                        .map(metric -> "| `" + metric.getKey() + "` | " + types.get(metric.getKey()) + " | "
                                + labels.getOrDefault(metric.getKey(), new LinkedHashSet<>()).stream()
                                        .map(label -> "`" + label + "`")
                                        .collect(Collectors.joining(", "))
                                + " | " + metric.getValue() + " |\n")
                        .collect(Collectors.joining());
    }
}
