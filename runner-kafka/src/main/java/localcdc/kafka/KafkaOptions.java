package localcdc.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.Durations;
import localcdc.common.cli.RunnerSettings;
import localcdc.common.cli.Setting;
import localcdc.common.cli.UsageException;
import localcdc.kafka.KafkaSettings.OnBadRecord;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags that only the Kafka runner has; a picocli mixin that becomes {@link KafkaSettings}. For one thread. */
final class KafkaOptions implements CheckedOptions {

    private enum GroupProtocol {
        CONSUMER,
        CLASSIC
    }

    @Mixin
    private TopicOptions topics;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description =
                    "Share the topics' partitions with every other runner of this group; each map is then a part.")
    private String group;

    @Option(
            names = "--group-protocol",
            paramLabel = "consumer|classic",
            description = "How the group's members agree; classic for brokers before 4.0 (default: consumer).")
    private GroupProtocol groupProtocol;

    @Option(
            names = "--on-bad-record",
            paramLabel = "stop|skip",
            description = "What a record that cannot be read does: stop ends the runner, skip counts, logs and keeps it"
                    + " (default: skip).")
    private OnBadRecord onBadRecord;

    @Option(
            names = "--wait-for-topics",
            paramLabel = "DURATION",
            converter = Durations.class,
            description =
                    "How long the start may wait for a broker that does not answer yet, and for topics that are not"
                            + " there yet, such as 10m (default: 0; it says what is missing, and ends).")
    private Duration waitForTopics;

    @Override
    public List<String> problems() {
        var problems = new ArrayList<>(topics.problems());
        if (!topics.namesTopics()) {
            problems.add("Give --topic NAME (more than once for several), or --topic-pattern REGEX.");
        }
        if (group != null && group.isBlank()) {
            problems.add("--group is empty; give a name, or leave it out to read all partitions.");
        }
        return problems;
    }

    /**
     * The settings that the flags say.
     *
     * @throws UsageException with every problem found
     */
    KafkaSettings settings(RunnerSettings runner) {
        var problems = problems();
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        var read = topics.settings();
        return new KafkaSettings(
                read.topics(),
                read.pattern(),
                read.bootstrapServers(),
                read.kafka(),
                group,
                groupProtocol == null ? read.groupProtocol() : lower(groupProtocol),
                read.topicPrefix(),
                read.connectUrl(),
                onBadRecord == null ? read.onBadRecord() : onBadRecord,
                runner.tablesLeftOut(),
                runner.columnsLeftOut(),
                waitForTopics == null ? read.waitForTopics() : waitForTopics);
    }

    /** The effective settings for {@code --print-config}. */
    List<Setting> effective() {
        var all = new ArrayList<>(topics.effective());
        TopicOptions.given(all, "--group", group);
        all.add(new Setting(
                "--group-protocol",
                lower(groupProtocol == null ? GroupProtocol.CONSUMER : groupProtocol),
                groupProtocol == null ? Setting.DEFAULT : "flag"));
        all.add(new Setting(
                "--on-bad-record",
                lower(onBadRecord == null ? OnBadRecord.SKIP : onBadRecord),
                onBadRecord == null ? Setting.DEFAULT : "flag"));
        all.add(new Setting(
                "--wait-for-topics",
                Durations.format(waitForTopics == null ? Duration.ZERO : waitForTopics),
                waitForTopics == null ? Setting.DEFAULT : "flag"));
        return all;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
