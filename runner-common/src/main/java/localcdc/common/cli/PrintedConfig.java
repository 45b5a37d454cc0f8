package localcdc.common.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The text of {@code --print-config}. As text it is a file that {@code @FILE} reads; as JSON it is an object of flags,
 * each with its value and where that came from.
 */
public final class PrintedConfig {

    private PrintedConfig() {}

    /** The settings, one a line, ending with a line break. Secrets must be masked in them already. */
    public static String of(List<Setting> settings, TextFormat format) {
        return format == TextFormat.JSON ? json(settings) : text(settings);
    }

    private static String text(List<Setting> settings) {
        var out = new StringBuilder("# The effective settings; @FILE reads the lines without a # in front.\n");
        for (var setting : settings) {
            // A default that is written down would count as given: the port, for example, would no longer move.
            boolean remark =
                    !setting.flag().startsWith("--") || setting.origin().equals(Setting.DEFAULT);
            out.append(remark ? "# " : "");
            out.append(
                    setting.value().equals("true") ? setting.flag() : quoted(setting.flag() + "=" + setting.value()));
            out.append("   # ").append(setting.origin()).append('\n');
        }
        return out.toString();
    }

    /** One word for picocli's reader of argument files. */
    private static String quoted(String word) {
        return word.chars().allMatch(c -> c > ' ' && c != '#' && c != '"' && c != '\'' && c != '\\')
                ? word
                : '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String json(List<Setting> settings) {
        var tree = new ObjectMapper().createObjectNode();
        var repeated = new LinkedHashMap<String, Integer>();
        settings.forEach(setting -> repeated.merge(setting.flag(), 1, Integer::sum));
        for (var setting : settings) {
            var one = new ObjectMapper().createObjectNode();
            one.put("value", setting.value());
            one.put("origin", setting.origin());
            if (repeated.get(setting.flag()) > 1) {
                tree.withArray(setting.flag()).add(one);
            } else {
                tree.set(setting.flag(), one);
            }
        }
        return tree.toPrettyString() + "\n";
    }
}
