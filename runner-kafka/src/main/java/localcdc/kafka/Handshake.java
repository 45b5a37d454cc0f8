package localcdc.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import localcdc.core.source.SourceException;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks to one address as Kafka's clients do, with the user's settings of SASL and TLS, and tells where that ends. The
 * clients themselves only say that time is up, and never which address they were sent to. Stateless.
 */
final class Handshake {

    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);
    private static final int SOCKET_BUFFER = 64 << 10;
    private static final int TRIES = 3;

    /** How far it went. */
    enum End {
        /** The host's name is not known here. */
        UNKNOWN_HOST,
        /** Nothing listens there. */
        REFUSED,
        /** The network swallows what is sent there. */
        UNREACHABLE,
        /** Somebody listens, and hangs up when spoken to in this way. */
        HUNG_UP,
        /** Somebody listens, and says nothing. */
        SILENT,
        /** Somebody listens who expects TLS, which is not spoken here. */
        EXPECTS_TLS,
        /** Somebody listens, and answers as no broker does. */
        NO_KAFKA,
        /** It is a broker that does not accept us, or we do not accept it; the answer has the sentences. */
        REJECTED,
        /** It is a broker, and it answers. */
        ANSWERED
    }

    /**
     * Where it ended.
     *
     * @param brokers where this broker sends its clients to, itself among them; empty unless it answered
     * @param refusal why one of the two sides refused, or null
     */
    record Answer(String address, End end, Collection<Node> brokers, SourceException refusal) {}

    private Handshake() {}

    /** Speaks to {@code host:port}; takes a little longer than {@code patience} at most. */
    static Answer with(KafkaSettings settings, String host, int port, Duration patience) {
        var address = host + ":" + port;
        var deadline = Deadline.in(patience);
        var failed = connect(host, port, deadline.left(patience));
        if (failed != null) {
            return new Answer(address, failed, List.of(), null);
        }
        var wrong = wrongSpeaker(settings, host, port, deadline.left(patience));
        if (wrong != null) {
            return new Answer(address, wrong, List.of(), null);
        }
        var last = new Answer(address, End.SILENT, List.of(), null);
        // A broker that is just starting hangs up, too.
        for (int i = 0; i < TRIES && !deadline.isOver() && (i == 0 || last.end == End.HUNG_UP); i++) {
            last = speak(settings, new Node(0, host, port), address, deadline.left(patience));
        }
        return last;
    }

    /** {@link End#EXPECTS_TLS}, {@link End#NO_KAFKA}, or null where a client may be let loose on the address. */
    static End wrongSpeaker(KafkaSettings settings, String host, int port, Duration patience) {
        if (settings.securityProtocol().endsWith("SSL")) {
            return null;
        }
        return switch (Greeting.answered(host, port, patience)) {
            case TLS -> End.EXPECTS_TLS;
            case OTHER -> End.NO_KAFKA;
            case KAFKA_OR_NONE -> null;
        };
    }

    private static End connect(String host, int port, Duration patience) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), (int) patience.toMillis());
            return null;
        } catch (UnknownHostException e) {
            return End.UNKNOWN_HOST;
        } catch (SocketTimeoutException e) {
            return End.UNREACHABLE;
        } catch (IOException e) {
            LOG.debug("no connection to {}:{}", host, port, e);
            return e instanceof java.net.ConnectException ? End.REFUSED : End.UNREACHABLE;
        }
    }

    private static Answer speak(KafkaSettings settings, Node node, String address, Duration patience) {
        try (var metrics = new Metrics();
                var client = client(settings, node, metrics, (int) patience.toMillis())) {
            if (!NetworkClientUtils.awaitReady(client, node, Time.SYSTEM, patience.toMillis())) {
                return new Answer(address, End.SILENT, List.of(), null);
            }
            var question = client.newClientRequest(
                    node.idString(),
                    MetadataRequest.Builder.forTopicNames(List.of(), false),
                    System.currentTimeMillis(),
                    true);
            var answer = NetworkClientUtils.sendAndReceive(client, question, Time.SYSTEM);
            return new Answer(address, End.ANSWERED, ((MetadataResponse) answer.responseBody()).brokers(), null);
        } catch (IOException e) {
            LOG.debug("{} hangs up", address, e);
            return new Answer(address, End.HUNG_UP, List.of(), null);
        } catch (KafkaException e) {
            return new Answer(address, End.REJECTED, List.of(), KafkaProblem.explain(settings, e));
        }
    }

    private static NetworkClient client(KafkaSettings settings, Node node, Metrics metrics, int patienceMillis) {
        var config = new AdminClientConfig(ConsumerSettings.admin(settings));
        var log = new LogContext("[localcdc-doctor] ");
        var channels = ClientUtils.createChannelBuilder(config, Time.SYSTEM, log);
        var selector = new Selector(patienceMillis, metrics, Time.SYSTEM, "doctor", channels, log);
        return new NetworkClient(
                selector,
                new ManualMetadataUpdater(List.of(node)),
                "localcdc-doctor",
                1,
                100,
                100,
                SOCKET_BUFFER,
                SOCKET_BUFFER,
                patienceMillis,
                patienceMillis,
                patienceMillis,
                Time.SYSTEM,
                true,
                new ApiVersions(),
                log,
                MetadataRecoveryStrategy.NONE);
    }
}
