package localcdc.kafka;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import localcdc.core.source.SourceException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** What the Kafka clients throw, as sentences with a remedy. Stateless. */
final class KafkaProblem {

    private KafkaProblem() {}

    /** Explains what ended a question to the broker; whatever it quotes, no secret is in it. */
    static SourceException explain(KafkaSettings settings, Exception thrown) {
        return withoutSecrets(settings, explained(settings, thrown));
    }

    /** Whether time was up, which says nothing of the reason. */
    static boolean isSilence(SourceException explained) {
        for (Throwable t = explained.getCause(); t != null; t = t.getCause()) {
            if (t instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Whether a client could not be made since it knows none of its brokers' hosts. */
    static boolean isUnknownHost(KafkaException thrown) {
        return innermost(thrown).contains("No resolvable bootstrap");
    }

    /** Explains why a client could not even be made. */
    static SourceException wrongSettings(KafkaSettings settings, KafkaException thrown) {
        return withoutSecrets(
                settings,
                problem(
                        "The Kafka client's settings are wrong: "
                                + wrongStorePassword(thrown).orElseGet(() -> innermost(thrown)) + ".",
                        "Correct --bootstrap-servers, --kafka or the file of --kafka-config.",
                        thrown));
    }

    private static SourceException withoutSecrets(KafkaSettings settings, SourceException explained) {
        return new SourceException(
                ClientProperties.withoutSecrets(explained.getMessage(), settings.kafka()),
                explained.remedy(),
                explained.getCause());
    }

    private static SourceException explained(KafkaSettings settings, Exception thrown) {
        Throwable cause =
                thrown instanceof ExecutionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        var broker = settings.bootstrapServers();
        if (cause instanceof ConfigException wrong) {
            return wrongSettings(settings, wrong);
        }
        if (cause instanceof SslAuthenticationException) {
            return problem(
                    "The TLS handshake with Kafka at " + broker + " failed: " + innermost(cause) + ".",
                    "Check security.protocol, ssl.truststore.* and the host name in the broker's certificate in the file of"
                            + " --kafka-config.",
                    thrown);
        }
        if (cause instanceof AuthenticationException) {
            return problem(
                    "Kafka at " + broker + " did not accept who we are: " + innermost(cause) + ".",
                    "Check security.protocol, sasl.mechanism and sasl.jaas.config in the file of --kafka-config.",
                    thrown);
        }
        if (cause instanceof TopicAuthorizationException topics) {
            return problem(
                    "Kafka at " + broker + " does not let us read " + String.join(", ", topics.unauthorizedTopics())
                            + ".",
                    "Grant READ and DESCRIBE on these topics to this user.",
                    thrown);
        }
        if (cause instanceof GroupAuthorizationException group) {
            return problem(
                    "Kafka at " + broker + " does not let us join group " + group.groupId() + ".",
                    "Grant READ on the group to this user, or run without --group.",
                    thrown);
        }
        if (cause instanceof AuthorizationException) {
            return problem(
                    "Kafka at " + broker + " refused: " + cause.getMessage() + ".",
                    "Grant DESCRIBE and READ to this user.",
                    thrown);
        }
        if (cause instanceof UnsupportedVersionException) {
            return problem(
                    "Kafka at " + broker + " is too old for what is asked: " + cause.getMessage() + ".",
                    "Add --group-protocol classic, or upgrade the broker to 4.0 or newer.",
                    thrown);
        }
        if (cause instanceof InvalidTopicException) {
            return problem("A topic's name is not valid: " + cause.getMessage() + ".", "Correct --topic.", thrown);
        }
        if (cause instanceof TimeoutException) {
            return problem(
                    "No Kafka broker answers at " + broker + ", or it sends us to an address that does not.",
                    "Check that it runs (lab up starts one). The broker's advertised listener must be reachable from here: in"
                            + " Kubernetes forward the external listener, and give that port.",
                    thrown);
        }
        return problem(
                "Kafka at " + broker + " answered with an error: "
                        + cause.getClass().getSimpleName() + ": " + cause.getMessage(),
                "Look at the broker's log.",
                thrown);
    }

    /** Below the sentence that says so, Java has the exceptions of its decryption. */
    private static Optional<String> wrongStorePassword(Throwable thrown) {
        var store = "";
        for (var t = thrown; t != null; t = t.getCause()) {
            var message = String.valueOf(t.getMessage());
            if (message.contains("password was incorrect")) {
                return Optional.of(store + message);
            }
            store = message.contains("keystore") ? message + ": " : store;
        }
        return Optional.empty();
    }

    private static String innermost(Throwable thrown) {
        Throwable t = thrown;
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t.getMessage() == null ? t.toString() : t.getMessage().replaceAll("[.\\s]+$", "");
    }

    private static SourceException problem(String problem, String remedy, Exception cause) {
        return new SourceException(problem, remedy, cause);
    }
}
