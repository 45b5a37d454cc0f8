package localcdc.embedded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.LeftOut;
import localcdc.common.cli.Setting;
import localcdc.common.cli.UsageException;
import localcdc.common.pg.PgSettings;
import localcdc.embedded.server.CaptureOptions;
import localcdc.embedded.server.Engine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags that only the embedded runner has; a picocli mixin that becomes {@link EmbeddedSettings}. For one thread. */
final class EmbeddedOptions implements CheckedOptions {

    @Mixin
    private CaptureOptions capture;

    @Option(
            names = "--topic-prefix",
            paramLabel = "NAME",
            defaultValue = "cdc",
            description = "Debezium's logical name of this source (default: ${DEFAULT-VALUE}).")
    private String topicPrefix;

    @Option(
            names = "--debezium",
            paramLabel = "KEY=VALUE",
            description = "A further property of the Debezium engine; it wins over ours. May be repeated.")
    private final Map<String, String> debezium = new LinkedHashMap<>();

    @Override
    public List<String> problems() {
        var problems = new ArrayList<>(capture.problems());
        if (topicPrefix != null && !topicPrefix.matches("[A-Za-z0-9._-]+")) {
            problems.add("--topic-prefix is '" + topicPrefix + "'; use letters, digits, '.', '_' and '-'.");
        }
        debezium.forEach((key, value) -> problem(key, problems));
        if (capture.engine() == Engine.DIRECT && !debezium.isEmpty()) {
            problems.add("--debezium has no meaning with --engine direct, which goes without Debezium.");
        }
        return problems;
    }

    private static void problem(String key, List<String> problems) {
        String lower = key.toLowerCase(Locale.ROOT);
        if (lower.contains("password") || lower.contains("secret") || lower.contains("jaas")) {
            problems.add(
                    "--debezium " + key + "=... would show a secret to everybody who lists processes; use PGPASSWORD,"
                            + " --pg-password-file or ~/.pgpass.");
        } else if (EngineSettings.OWNED.contains(lower)) {
            problems.add(
                    "--debezium " + key + " cannot be set: the runner's own snapshot, slot or values depend on it.");
        }
    }

    String engine() {
        return capture.engine().toString();
    }

    /**
     * The settings that the flags say.
     *
     * @throws UsageException with every problem found
     */
    EmbeddedSettings settings(PgSettings postgres, List<LeftOut> leftOut) {
        var problems = problems();
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return new EmbeddedSettings(
                postgres,
                capture.tables(),
                leftOut,
                topicPrefix,
                capture.slot().orElse(null),
                capture.publication().orElse(null),
                capture.engine(),
                debezium);
    }

    /** The effective settings for {@code --print-config}. */
    List<Setting> effective() {
        var all = new ArrayList<Setting>();
        capture.tables().forEach(table -> all.add(new Setting("--table", table.toString(), "flag")));
        all.add(new Setting("--topic-prefix", topicPrefix, topicPrefix.equals("cdc") ? "default" : "flag"));
        capture.slot().ifPresent(slot -> all.add(new Setting("--slot", slot, "flag")));
        capture.publication().ifPresent(publication -> all.add(new Setting("--publication", publication, "flag")));
        all.add(new Setting("--engine", engine(), capture.engine() == Engine.DEBEZIUM ? "default" : "flag"));
        debezium.forEach((key, value) -> all.add(new Setting("--debezium", key + "=" + value, "flag")));
        return all;
    }
}
