package localcdc.stack;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The Kafka that integration tests use: one broker and one Connect worker for the whole JVM, started when first asked for and
 * stopped when the JVM ends. A test that restarts or kills them must bring them back, or have its own. Safe for any thread.
 */
public final class TestKafka {
    private static final int TIMEOUT_SECONDS = 30;

    private static TestKafka shared;

    private final LocalKafka broker;
    private final LocalConnectBuilder worker;
    private LocalConnect connect;

    private TestKafka(LocalKafka broker, LocalConnectBuilder worker) {
        this.broker = broker;
        this.worker = worker;
    }

    /**
     * The broker and the worker of this JVM. The first call's plugin counts; the worker starts with the first connector.
     *
     * @param plugin writes our plugin's jar: {@code ConnectPlugin::writeTo}
     */
    public static synchronized TestKafka shared(LocalConnectBuilder.Plugin plugin) {
        if (shared == null) {
            shared = privateServers(plugin);
        }
        return shared;
    }

    /** A broker and a worker of the caller's own, to restart and kill; the caller closes both. */
    public static TestKafka privateServers(LocalConnectBuilder.Plugin plugin) {
        return around(LocalKafka.builder().build().start(), plugin);
    }

    /** The same around a broker that the caller has described and started. */
    public static TestKafka around(LocalKafka broker, LocalConnectBuilder.Plugin plugin) {
        return new TestKafka(
                broker, LocalConnect.builder(broker.bootstrapServers()).plugin(plugin));
    }

    /** The broker. */
    public LocalKafka broker() {
        return broker;
    }

    /** The worker, started if it is not yet. */
    public synchronized LocalConnect connect() {
        if (connect == null) {
            connect = worker.build().start();
        }
        return connect;
    }

    /** What clients take as {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** Begins the description of a connector for this database. */
    public TestConnector.Builder capture(TestDatabase database) {
        return new TestConnector.Builder(this, database);
    }

    /** Makes a topic for records of the test's own. */
    public void createTopic(String name, int partitions, Map<String, String> settings) {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings)))
                    .all()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new IllegalStateException("cannot make the topic " + name, failed);
        }
    }

    /** Removes every topic whose name begins so. */
    public void deleteTopics(String prefix) {
        try (Admin admin = admin()) {
            Set<String> names = new TreeSet<>(admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
            names.removeIf(name -> !name.startsWith(prefix));
            admin.deleteTopics(names).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new IllegalStateException("cannot remove the topics " + prefix + "*", failed);
        }
    }

    /** A client that may do everything; the caller closes it. */
    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }
}
