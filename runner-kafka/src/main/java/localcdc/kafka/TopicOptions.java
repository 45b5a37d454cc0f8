package localcdc.kafka;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.Setting;
import localcdc.common.cli.UsageException;
import localcdc.kafka.KafkaSettings.OnBadRecord;
import picocli.CommandLine.Option;

/** The flags that say which topics of which broker: those of the runner and of its doctor. For one thread. */
final class TopicOptions implements CheckedOptions {

    static final String BOOTSTRAP_VARIABLE = "KAFKA_BOOTSTRAP_SERVERS";
    static final String DEFAULT_BOOTSTRAP = "localhost:9092";

    private static final Pattern EVERY_TOPIC = Pattern.compile(".*");
    private static final int LARGEST_PORT = 65_535;

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
            description =
                    "Where the Kafka broker is (KAFKA_BOOTSTRAP_SERVERS, then the file of --kafka-config; default:"
                            + " localhost:9092).")
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

    private final Map<String, String> environment;

    TopicOptions() {
        this(System.getenv());
    }

    TopicOptions(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Whether the user has said which topics. */
    boolean namesTopics() {
        return !topics.isEmpty() || pattern != null;
    }

    @Override
    public List<String> problems() {
        var problems = new ArrayList<String>();
        fileProblems(problems);
        if (!servers().stream().allMatch(TopicOptions::isAddress)) {
            problems.add("--bootstrap-servers is '" + String.join(",", servers())
                    + "'; give HOST:PORT, several separated by commas.");
        }
        kafka.keySet().forEach(key -> problem(key, problems));
        if (!topics.isEmpty() && pattern != null) {
            problems.add("Give --topic or --topic-pattern, not both.");
        }
        topics.stream()
                .filter(topic -> !isName(topic))
                .forEach(
                        topic -> problems.add(
                                "--topic is '" + topic
                                        + "'; a topic's name has letters, digits, '.', '_' and '-'. For a pattern use --topic-pattern."));
        patternProblem(problems);
        if (topicPrefix != null && !isName(topicPrefix)) {
            problems.add("--topic-prefix is '" + topicPrefix + "'; it has letters, digits, '.', '_' and '-'.");
        }
        if (connectUrl != null && parse(connectUrl).isEmpty()) {
            problems.add("--connect-url is '" + connectUrl + "'; it must be of the form http://HOST:PORT.");
        }
        return problems;
    }

    private static boolean isName(String text) {
        return text.matches("[A-Za-z0-9._-]{1,249}");
    }

    private static boolean isAddress(String text) {
        return text.matches("(\\[[0-9a-fA-F:.]+]|[^:\\s\\[\\]]+):[0-9]{1,5}")
                && Integer.parseInt(text.substring(text.lastIndexOf(':') + 1)) <= LARGEST_PORT;
    }

    private void patternProblem(List<String> problems) {
        try {
            if (pattern != null) {
                Pattern.compile(pattern);
            }
        } catch (PatternSyntaxException e) {
            problems.add("--topic-pattern is no regular expression: " + e.getDescription() + " in '" + pattern + "'.");
        }
    }

    private static void problem(String key, List<String> problems) {
        if (ClientProperties.isSecret(key)) {
            problems.add(
                    "--kafka " + key + "=... would show a secret to everybody who lists processes; put it into a file"
                            + " that only you can read and give --kafka-config FILE.");
        } else if (ClientProperties.OWNED.contains(key.toLowerCase(Locale.ROOT))) {
            problems.add("--kafka " + key + ClientProperties.owned(key));
        }
    }

    private void fileProblems(List<String> problems) {
        if (kafkaConfig == null) {
            return;
        }
        try {
            ClientProperties.read(kafkaConfig).keySet().stream()
                    .filter(key -> ClientProperties.OWNED.contains(key) && !key.equals(ClientProperties.BOOTSTRAP))
                    .forEach(key ->
                            problems.add("--kafka-config " + kafkaConfig + ": " + key + ClientProperties.owned(key)));
        } catch (IOException e) {
            problems.add("--kafka-config " + kafkaConfig + " cannot be read: " + e.getMessage() + ".");
        }
    }

    /** What the file says; nothing where there is none, or none that can be read: {@link #problems} tells that. */
    private Map<String, String> fileProperties() {
        try {
            return kafkaConfig == null ? Map.of() : ClientProperties.read(kafkaConfig);
        } catch (IOException told) {
            return Map.of();
        }
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

    private Setting bootstrap() {
        var flag = "--bootstrap-servers";
        if (bootstrapServers != null) {
            return new Setting(flag, bootstrapServers, "flag");
        }
        var variable = environment.get(BOOTSTRAP_VARIABLE);
        if (variable != null && !variable.isBlank()) {
            return new Setting(flag, variable, BOOTSTRAP_VARIABLE);
        }
        var inFile = fileProperties().get(ClientProperties.BOOTSTRAP);
        return inFile != null
                ? new Setting(flag, inFile, kafkaConfig.toString())
                : new Setting(flag, DEFAULT_BOOTSTRAP, Setting.DEFAULT);
    }

    private List<String> servers() {
        return Arrays.stream(bootstrap().value().split(",", -1))
                .map(String::strip)
                .toList();
    }

    /**
     * The settings that these flags say, and those of a runner that reads alone for the rest. Without a topic it is all of
     * them.
     *
     * @throws UsageException with every problem found
     */
    KafkaSettings settings() {
        var problems = problems();
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        var properties = new LinkedHashMap<>(fileProperties());
        properties.remove(ClientProperties.BOOTSTRAP);
        properties.putAll(kafka);
        var plain = KafkaSettings.of(String.join(",", servers()), topics.toArray(String[]::new));
        return new KafkaSettings(
                plain.topics(),
                pattern != null ? Pattern.compile(pattern) : topics.isEmpty() ? EVERY_TOPIC : null,
                plain.bootstrapServers(),
                properties,
                null,
                plain.groupProtocol(),
                topicPrefix,
                connectUrl == null ? null : parse(connectUrl).orElse(null),
                OnBadRecord.SKIP,
                plain.tablesLeftOut(),
                plain.columnsLeftOut(),
                plain.waitForTopics());
    }

    /** The effective settings for {@code --print-config}. */
    List<Setting> effective() {
        var all = new ArrayList<Setting>();
        topics.forEach(topic -> all.add(new Setting("--topic", topic, "flag")));
        given(all, "--topic-pattern", pattern);
        all.add(bootstrap());
        kafka.forEach((key, value) -> all.add(new Setting("--kafka", key + "=" + value, "flag")));
        given(all, "--kafka-config", kafkaConfig);
        fileProperties().forEach((key, value) -> {
            if (!kafka.containsKey(key) && !key.equals(ClientProperties.BOOTSTRAP)) {
                all.add(new Setting(
                        key, ClientProperties.isSecret(key) ? Setting.MASK : value, kafkaConfig.toString()));
            }
        });
        given(all, "--topic-prefix", topicPrefix);
        given(all, "--connect-url", connectUrl);
        return all;
    }

    static void given(List<Setting> all, String flag, Object value) {
        if (value != null) {
            all.add(new Setting(flag, value.toString(), "flag"));
        }
    }
}
