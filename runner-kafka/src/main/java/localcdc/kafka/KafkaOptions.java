package localcdc.kafka;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.RunnerSettings;
import localcdc.common.cli.Setting;
import localcdc.common.cli.UsageException;
import localcdc.kafka.KafkaSettings.OnBadRecord;
import picocli.CommandLine.Option;

/** The flags that only the Kafka runner has; a picocli mixin that becomes {@link KafkaSettings}. For one thread. */
final class KafkaOptions implements CheckedOptions {

    static final String BOOTSTRAP_VARIABLE = "KAFKA_BOOTSTRAP_SERVERS";
    static final String DEFAULT_BOOTSTRAP = "localhost:9092";

    /** Properties that a user may not set: what the map is rests on them. */
    private static final Set<String> OWNED = Set.of(
            "bootstrap.servers",
            "group.id",
            "group.protocol",
            "enable.auto.commit",
            "auto.offset.reset",
            "isolation.level",
            "key.deserializer",
            "value.deserializer");

    private enum GroupProtocol {
        CONSUMER,
        CLASSIC
    }

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "A topic to read, such as cdc.inventory.customers. May be repeated.")
    private final List<String> topics = new ArrayList<>();

    @Option(
            names = "--topic-pattern",
            paramLabel = "REGEX",
            description = "Read every topic whose whole name matches, also those that are made later.")
    private String pattern;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT[,...]",
            description = "Where the Kafka broker is (default: KAFKA_BOOTSTRAP_SERVERS, else localhost:9092).")
    private String bootstrapServers;

    @Option(
            names = "--kafka",
            paramLabel = "KEY=VALUE",
            description = "A further property of the Kafka consumer; it wins over ours. May be repeated.")
    private final Map<String, String> kafka = new LinkedHashMap<>();

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description =
                    "A properties file with further properties of the Kafka consumer, such as those of SASL and TLS.")
    private Path kafkaConfig;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description =
                    "Share the topics' partitions with every other runner of this group; each map is then a part.")
    private String group;

    @Option(
            names = "--group-protocol",
            paramLabel = "consumer|classic",
            defaultValue = "consumer",
            description = "How the group's members agree; classic for brokers before 4.0 (default: ${DEFAULT-VALUE}).")
    private GroupProtocol groupProtocol;

    @Option(
            names = "--topic-prefix",
            paramLabel = "NAME",
            description =
                    "The connector's topic.prefix, where truncates and messages come by (default: found by the topics"
                            + " beside those that are read).")
    private String topicPrefix;

    @Option(
            names = "--connect-url",
            paramLabel = "URL",
            description = "Kafka Connect's address, http://HOST:PORT; then the state of connector and task counts for"
                    + " readiness.")
    private String connectUrl;

    @Option(
            names = "--on-bad-record",
            paramLabel = "stop|skip",
            defaultValue = "skip",
            description = "What a record that cannot be read does: stop ends the runner, skip counts, logs and keeps it"
                    + " (default: ${DEFAULT-VALUE}).")
    private OnBadRecord onBadRecord;

    private final Map<String, String> environment;

    KafkaOptions() {
        this(System.getenv());
    }

    KafkaOptions(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<String> problems() {
        var problems = connectionProblems();
        if (topics.isEmpty() == (pattern == null)) {
            problems.add("Give --topic NAME (more than once for several), or --topic-pattern REGEX"
                    + (topics.isEmpty() ? "." : ", not both."));
        }
        topics.stream()
                .filter(topic -> !topic.matches("[A-Za-z0-9._-]{1,249}"))
                .forEach(
                        topic -> problems.add(
                                "--topic is '" + topic
                                        + "'; a topic's name has letters, digits, '.', '_' and '-'. For a pattern use --topic-pattern."));
        if (pattern != null) {
            try {
                Pattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                problems.add(
                        "--topic-pattern is no regular expression: " + e.getDescription() + " in '" + pattern + "'.");
            }
        }
        if (group != null && group.isBlank()) {
            problems.add("--group is empty; give a name, or leave it out to read all partitions.");
        }
        return problems;
    }

    /** What is wrong with the flags that say how to reach broker and Connect. */
    List<String> connectionProblems() {
        var problems = new ArrayList<String>();
        for (var server : servers().split(",", -1)) {
            if (!server.strip().matches("(\\[[0-9a-fA-F:.]+]|[^:\\s\\[\\]]+):[0-9]{1,5}")) {
                problems.add(
                        "--bootstrap-servers is '" + servers() + "'; give HOST:PORT, several separated by commas.");
                break;
            }
        }
        kafka.keySet().forEach(key -> problem(key, problems));
        if (kafkaConfig != null) {
            try {
                fileProperties();
            } catch (IOException | IllegalArgumentException e) {
                problems.add(
                        "--kafka-config: " + kafkaConfig + " cannot be read as properties: " + e.getMessage() + ".");
            }
        }
        if (connectUrl != null && parse(connectUrl).isEmpty()) {
            problems.add("--connect-url is '" + connectUrl + "'; it must be of the form http://HOST:PORT.");
        }
        return problems;
    }

    private static void problem(String key, List<String> problems) {
        if (isSecret(key)) {
            problems.add(
                    "--kafka " + key + "=... would show a secret to everybody who lists processes; put it into a file"
                            + " that only you can read and give --kafka-config FILE.");
        } else if (OWNED.contains(key.toLowerCase(Locale.ROOT))) {
            problems.add("--kafka " + key + " cannot be set: what the map is rests on it"
                    + (key.startsWith("group") ? " (use --group and --group-protocol)." : "."));
        }
    }

    private static boolean isSecret(String key) {
        var lower = key.toLowerCase(Locale.ROOT);
        return lower.contains("password")
                || lower.contains("secret")
                || lower.contains("jaas")
                || lower.equals("ssl.keystore.key");
    }

    private static Optional<URI> parse(String text) {
        try {
            var uri = new URI(text);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return web && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private String servers() {
        if (bootstrapServers != null) {
            return bootstrapServers;
        }
        var variable = environment.get(BOOTSTRAP_VARIABLE);
        return variable == null || variable.isBlank() ? DEFAULT_BOOTSTRAP : variable;
    }

    private Map<String, String> fileProperties() throws IOException {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(kafkaConfig, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        var all = new LinkedHashMap<String, String>();
        properties.stringPropertyNames().stream().sorted().forEach(name -> {
            if (OWNED.contains(name) && !name.equals("bootstrap.servers")) {
                throw new IllegalArgumentException(name + " cannot be set: what the map is rests on it");
            }
            all.put(name, properties.getProperty(name));
        });
        return all;
    }

    private Map<String, String> properties() {
        var all = new LinkedHashMap<String, String>();
        if (kafkaConfig != null) {
            try {
                all.putAll(fileProperties());
            } catch (IOException e) {
                throw new UsageException("--kafka-config: " + kafkaConfig + " cannot be read: " + e.getMessage() + ".");
            }
        }
        all.remove("bootstrap.servers");
        all.putAll(kafka);
        return all;
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
        return settings(runner, topics, pattern == null ? null : Pattern.compile(pattern));
    }

    /** The same for a command that may look at all topics. */
    KafkaSettings connection() {
        var problems = connectionProblems();
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        var all = topics.isEmpty() && pattern == null ? Pattern.compile(".*") : null;
        return settings(RunnerSettings.defaults(), topics, pattern == null ? all : Pattern.compile(pattern));
    }

    private KafkaSettings settings(RunnerSettings runner, List<String> names, Pattern matching) {
        return new KafkaSettings(
                names,
                matching,
                servers(),
                properties(),
                group,
                groupProtocol.name().toLowerCase(Locale.ROOT),
                topicPrefix,
                connectUrl == null ? null : parse(connectUrl).orElse(null),
                onBadRecord,
                runner.tablesLeftOut(),
                runner.columnsLeftOut());
    }

    /** The effective settings for {@code --print-config}. */
    List<Setting> effective() {
        var all = new ArrayList<Setting>();
        topics.forEach(topic -> all.add(new Setting("--topic", topic, "flag")));
        given(all, "--topic-pattern", pattern);
        all.add(new Setting(
                "--bootstrap-servers",
                servers(),
                bootstrapServers != null
                        ? "flag"
                        : environment.containsKey(BOOTSTRAP_VARIABLE) ? BOOTSTRAP_VARIABLE : Setting.DEFAULT));
        kafka.forEach((key, value) -> all.add(new Setting("--kafka", key + "=" + value, "flag")));
        given(all, "--kafka-config", kafkaConfig);
        if (kafkaConfig != null) {
            properties()
                    .forEach((key, value) ->
                            all.add(new Setting(key, isSecret(key) ? Setting.MASK : value, kafkaConfig.toString())));
        }
        given(all, "--group", group);
        all.add(new Setting(
                "--group-protocol",
                groupProtocol.name().toLowerCase(Locale.ROOT),
                groupProtocol == GroupProtocol.CONSUMER ? Setting.DEFAULT : "flag"));
        given(all, "--topic-prefix", topicPrefix);
        given(all, "--connect-url", connectUrl);
        all.add(new Setting(
                "--on-bad-record",
                onBadRecord.name().toLowerCase(Locale.ROOT),
                onBadRecord == OnBadRecord.SKIP ? Setting.DEFAULT : "flag"));
        return all;
    }

    private static void given(List<Setting> all, String flag, Object value) {
        if (value != null) {
            all.add(new Setting(flag, value.toString(), "flag"));
        }
    }
}
