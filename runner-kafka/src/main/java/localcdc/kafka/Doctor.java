package localcdc.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import localcdc.common.doctor.Finding;
import localcdc.core.source.SourceException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Looks whether a run with these settings can start, and reports everything it finds at one go. It changes nothing: it joins
 * no group and commits nothing, and reads no more than the ends of the topics. For one thread, used once.
 */
final class Doctor {

    private static final Duration QUESTION = Duration.ofSeconds(10);
    private static final int TOPICS_LOOKED_AT = 25;
    private static final int ROWS = 20;
    private static final int MESSAGES = 200;

    private final KafkaSettings settings;
    private final Deadline deadline;
    private final List<Finding> findings = new ArrayList<>();

    Doctor(KafkaSettings settings, Deadline deadline) {
        this.settings = settings;
        this.deadline = deadline;
    }

    /** All findings, in an order that leads from the broker to the rows. */
    List<Finding> check() throws InterruptedException {
        findings.addAll(Reachability.check(settings, deadline));
        Look look = null;
        if (findings.stream().noneMatch(Finding::isError)) {
            try (var broker = Broker.connect(settings)) {
                look = broker.look(deadline.left(QUESTION));
                topics(broker.admin(), look);
            } catch (SourceException e) {
                error("topics", e);
            }
        }
        connect(look);
        return findings;
    }

    private void error(String check, SourceException e) {
        findings.add(Finding.error(check, e.getMessage(), e.remedy()));
    }

    private void topics(Admin admin, Look look) throws InterruptedException {
        var missing = look.missing(settings);
        missing.ifPresent(problem -> error("topics", problem));
        var names = look.data().stream().limit(TOPICS_LOOKED_AT).toList();
        if (names.isEmpty()) {
            return;
        }
        findings.add(Finding.ok(
                "topics",
                "Read: " + String.join(", ", names)
                        + (names.size() == look.data().size()
                                ? "."
                                : ", and " + (look.data().size() - names.size())
                                        + " more, which are not looked at more closely.")));
        var all = new TreeSet<>(names);
        all.addAll(look.control());
        var configs = settingsOf(admin, all);
        try (var glance = new Glance(settings, deadline)) {
            for (var topic : names) {
                data(glance, topic, look, configs.getOrDefault(topic, Map.of()));
            }
            for (var topic : look.control()) {
                control(glance, topic, look, configs.getOrDefault(topic, Map.of()));
            }
        } catch (KafkaException e) {
            error("read", KafkaProblem.explain(settings, e));
        }
        topicsWithoutControl(names, look);
    }

    private void data(Glance glance, String topic, Look look, Map<String, String> config) {
        int partitions = look.topics().get(topic).partitions();
        boolean hasControl = TopicNames.prefix(topic, settings.topicPrefix(), look.existing())
                .map(prefix -> look.existing().contains(prefix + TopicNames.CONTROL))
                .orElse(false);
        var sample = glance(glance, topic, partitions, ROWS);
        findings.addAll(TopicChecks.data(topic, partitions, config, hasControl, sample == null ? 0 : sample.removed()));
        if (sample != null) {
            findings.add(
                    SampleChecks.rows(topic, TopicNames.table(topic, settings.topicPrefix(), look.existing()), sample));
        }
    }

    private void control(Glance glance, String topic, Look look, Map<String, String> config) {
        int partitions = look.topics().get(topic).partitions();
        if (topic.endsWith(TopicNames.CONTROL)) {
            findings.add(TopicChecks.control(topic, partitions, config));
        }
        var sample = glance(glance, topic, partitions, MESSAGES);
        if (sample != null) {
            findings.add(SampleChecks.heartbeat(topic, sample, System.currentTimeMillis()));
        }
    }

    /** Null where the topic cannot be read, which is among the findings then. */
    private Glance.Seen glance(Glance glance, String topic, int partitions, int back) {
        if (deadline.isOver()) {
            findings.add(Finding.warning(
                    "read", topic + " was not looked at: time was up.", "Try again with a longer --timeout."));
            return null;
        }
        try {
            return glance.at(topic, partitions, back);
        } catch (TimeoutException e) {
            findings.add(Finding.error(
                    "read",
                    "The broker did not answer in time when asked for " + topic + ": " + e.getMessage() + ".",
                    "Are its partitions without a leader? Look at the broker's log, or try again with a longer"
                            + " --timeout."));
        } catch (AuthorizationException e) {
            error("read", KafkaProblem.explain(settings, e));
        }
        return null;
    }

    private void topicsWithoutControl(Collection<String> names, Look look) {
        var without = new TreeMap<String, Set<String>>();
        for (var topic : names) {
            var prefix = TopicNames.prefix(topic, settings.topicPrefix(), look.existing());
            if (prefix.isEmpty() || !look.existing().contains(prefix.get() + TopicNames.CONTROL)) {
                without.computeIfAbsent(prefix.orElse(""), key -> new TreeSet<>())
                        .add(topic);
            }
        }
        without.forEach((prefix, topics) -> findings.add(TopicChecks.noControl(
                String.join(", ", topics),
                prefix.isEmpty() ? null : prefix,
                look.existing().contains(prefix + TopicNames.MESSAGES))));
    }

    /** The topics' settings, as far as this user may see them; what he may not see is among the findings. */
    private Map<String, Map<String, String>> settingsOf(Admin admin, Set<String> names) throws InterruptedException {
        var resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        int millis = (int) deadline.left(QUESTION).toMillis();
        var all = new HashMap<String, Map<String, String>>();
        var refused = new TreeMap<String, String>();
        var answers = admin.describeConfigs(resources, new DescribeConfigsOptions().timeoutMs(millis))
                .values();
        for (var answer : answers.entrySet()) {
            try {
                all.put(answer.getKey().name(), values(answer.getValue().get(millis + 1000L, TimeUnit.MILLISECONDS)));
            } catch (ExecutionException e) {
                refused.put(
                        answer.getKey().name(),
                        KafkaProblem.explain(settings, e).getMessage());
            } catch (java.util.concurrent.TimeoutException e) {
                refused.put(answer.getKey().name(), "time was up");
            }
        }
        if (!refused.isEmpty()) {
            findings.add(Finding.warning(
                    "topic settings",
                    "The settings of " + String.join(", ", refused.keySet()) + " cannot be seen: "
                            + refused.values().iterator().next(),
                    "Grant DESCRIBE_CONFIGS on these topics to this user, or look at cleanup.policy and"
                            + " max.message.bytes as an administrator."));
        }
        return all;
    }

    private static Map<String, String> values(Config config) {
        return config.entries().stream()
                .filter(entry -> entry.value() != null)
                .collect(Collectors.toMap(entry -> entry.name(), entry -> entry.value()));
    }

    private void connect(Look look) throws InterruptedException {
        if (settings.connectUrl() == null) {
            return;
        }
        var prefix = look == null
                ? settings.topicPrefix()
                : look.data().stream()
                        .flatMap(topic -> TopicNames.prefix(topic, settings.topicPrefix(), look.existing()).stream())
                        .findFirst()
                        .orElse(settings.topicPrefix());
        var seen = new ConnectState(settings.connectUrl(), prefix).look();
        if (seen.problem() != null) {
            findings.add(Finding.error(
                    "connect",
                    capital(seen.problem()) + ". With --connect-url a run is not ready until this is mended.",
                    "When the cause is mended: curl -X POST '"
                            + settings.connectUrl().toString().replaceAll("/+$", "")
                            + "/connectors/NAME/restart?includeTasks=true&onlyFailed=true'. Where no connector is"
                            + " registered, PUT its configuration (k8s/base/connector.json); where Connect does not"
                            + " answer, start it or correct --connect-url."));
            return;
        }
        findings.add(Finding.ok(
                "connect",
                seen.connectors().stream()
                        .map(one -> "Connector " + one.get("name") + " is " + one.get("state") + ", its tasks are "
                                + one.get("tasks") + ".")
                        .collect(Collectors.joining(" "))));
    }

    private static String capital(String sentence) {
        return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
