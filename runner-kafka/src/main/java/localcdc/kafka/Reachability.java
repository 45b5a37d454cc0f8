package localcdc.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import localcdc.common.doctor.Finding;
import localcdc.core.source.SourceException;

/**
 * Whether a client gets through to the brokers: first to one of those it was told, then to every address that this one sends
 * it on to, the brokers' advertised listeners. Stateless.
 */
final class Reachability {

    private static final Duration ONE_ADDRESS = Duration.ofSeconds(3);
    private static final Duration GREETING = Duration.ofSeconds(1);

    private Reachability() {}

    /** What was found; a run cannot start where an error is among it. */
    static List<Finding> check(KafkaSettings settings, Deadline deadline) {
        var answers = new ArrayList<Handshake.Answer>();
        for (var server : settings.bootstrapServers().split(",", -1)) {
            answers.add(Handshake.with(settings, host(server), port(server), deadline.left(ONE_ADDRESS)));
        }
        var first = answers.stream()
                .filter(answer -> answer.end() == Handshake.End.ANSWERED)
                .findFirst();
        var findings = new ArrayList<Finding>();
        first.ifPresent(answer -> findings.add(Finding.ok(
                "bootstrap", "Kafka answers at " + answer.address() + " (" + settings.securityProtocol() + ").")));
        for (var answer : answers) {
            if (answer.end() != Handshake.End.ANSWERED) {
                findings.add(bootstrap(settings, answer, first.isPresent()));
            }
        }
        first.ifPresent(answer -> findings.add(advertised(settings, answer, answers, deadline)));
        return findings;
    }

    private static String host(String server) {
        return server.substring(0, server.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
    }

    private static int port(String server) {
        return Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
    }

    /** Why no client may be let loose on one of the addresses, since its memory would not be enough for the answer. */
    static Optional<SourceException> wrongSpeaker(KafkaSettings settings) {
        for (var server : settings.bootstrapServers().split(",", -1)) {
            var wrong = Handshake.wrongSpeaker(settings, host(server), port(server), GREETING);
            if (wrong != null) {
                var finding = bootstrap(settings, new Handshake.Answer(server, wrong, List.of(), null), false);
                return Optional.of(new SourceException(finding.found(), finding.remedy()));
            }
        }
        return Optional.empty();
    }

    /** Why no broker answers, as what a start says; nothing where the brokers can be reached. */
    static Optional<SourceException> explain(KafkaSettings settings, Duration patience, Throwable cause) {
        return check(settings, Deadline.in(patience)).stream()
                .filter(Finding::isError)
                .findFirst()
                .map(finding -> new SourceException(finding.found(), finding.remedy(), cause));
    }

    private static Finding bootstrap(KafkaSettings settings, Handshake.Answer answer, boolean anotherAnswers) {
        var finding =
                switch (answer.end()) {
                    case REJECTED ->
                        Finding.error(
                                "bootstrap",
                                answer.refusal().getMessage(),
                                answer.refusal().remedy());
                    case HUNG_UP, SILENT, EXPECTS_TLS, NO_KAFKA ->
                        Finding.error(
                                "bootstrap",
                                "No Kafka broker answers at " + answer.address() + ": " + why(answer)
                                        + " when it is spoken to with security.protocol=" + settings.securityProtocol()
                                        + ".",
                                "Set security.protocol to what this listener speaks (PLAINTEXT, SASL_PLAINTEXT, SSL or"
                                        + " SASL_SSL; the broker's listener.security.protocol.map says it) in the file of"
                                        + " --kafka-config, or give the port of a listener that speaks "
                                        + settings.securityProtocol() + ".");
                    default ->
                        Finding.error(
                                "bootstrap",
                                "No Kafka broker answers at " + answer.address() + ": " + why(answer) + ".",
                                "Start Kafka ('lab up' does), or correct --bootstrap-servers (or "
                                        + TopicOptions.BOOTSTRAP_VARIABLE + ")."
                                        + (answer.address().startsWith("host.docker.internal")
                                                ? " Outside of a container its name is localhost."
                                                : ""));
                };
        return anotherAnswers ? Finding.warning(finding.check(), finding.found(), finding.remedy()) : finding;
    }

    private static String why(Handshake.Answer answer) {
        return switch (answer.end()) {
            case UNKNOWN_HOST -> "the name of the host is not known here";
            case REFUSED -> "nothing listens there";
            case UNREACHABLE -> "the network does not lead there";
            case HUNG_UP -> "something listens there, but hangs up";
            case SILENT -> "something listens there, but says nothing";
            case EXPECTS_TLS -> "something listens there, but expects TLS";
            case NO_KAFKA -> "something listens there, but does not answer as Kafka does";
            case REJECTED -> answer.refusal().getMessage();
            case ANSWERED -> "it answers";
        };
    }

    private static Finding advertised(
            KafkaSettings settings, Handshake.Answer bootstrap, List<Handshake.Answer> known, Deadline deadline) {
        var unreachable = new TreeMap<String, String>();
        var all = new ArrayList<String>();
        for (var broker : bootstrap.brokers()) {
            var address = broker.host() + ":" + broker.port();
            all.add(address);
            var answer = known.stream()
                    .filter(one -> one.address().equals(address))
                    .findFirst()
                    .orElseGet(
                            () -> Handshake.with(settings, broker.host(), broker.port(), deadline.left(ONE_ADDRESS)));
            if (answer.end() != Handshake.End.ANSWERED) {
                unreachable.put(address, why(answer));
            }
        }
        if (all.isEmpty()) {
            return Finding.error(
                    "advertised listener",
                    "Kafka at " + bootstrap.address() + " answers, but knows no broker that serves clients.",
                    "It may be starting: try again. If it stays so, look at the broker's log.");
        }
        if (unreachable.isEmpty()) {
            return Finding.ok(
                    "advertised listener", "It sends clients to " + String.join(", ", all) + ", which can be reached.");
        }
        var addresses = String.join(", ", unreachable.keySet());
        return Finding.error(
                "advertised listener",
                "Kafka at " + bootstrap.address() + " answers, but sends its clients to its advertised listener "
                        + unreachable.entrySet().stream()
                                .map(one -> one.getKey() + ", which cannot be reached from here: " + one.getValue())
                                .collect(Collectors.joining("; "))
                        + ".",
                "The broker's advertised.listeners must name, for the listener behind " + bootstrap.address()
                        + ", an address that leads to it from here. With a port-forward: forward a listener that"
                        + " advertises localhost and the forwarded port, to that same port; or make " + addresses
                        + " lead there (a line for the host in the hosts file, the same port forwarded).");
    }
}
