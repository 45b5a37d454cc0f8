package localcdc.kafka;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import localcdc.core.source.SourceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the broker now and then, and at Kafka Connect where its address is known, on a thread of its own, so that the
 * reading never waits for an answer. Any thread may take the latest look.
 */
final class TopicWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final Broker broker;
    private final ConnectState connect;
    private final KafkaFacts facts;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "kafka-watch");
    private volatile Look latest;
    private volatile String connectProblem;

    /**
     * @param broker closed with this watch
     * @param connect null where Connect's address is not known
     */
    TopicWatch(Broker broker, ConnectState connect, KafkaFacts facts, Look first) {
        this.broker = broker;
        this.connect = connect;
        this.facts = facts;
        this.latest = first;
        thread.setDaemon(true);
    }

    TopicWatch start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (!stopping.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                latest = look();
                if (connect != null) {
                    var seen = connect.look();
                    facts.connect(seen.asMap());
                    connectProblem = seen.problem();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted", e);
        }
    }

    private Look look() throws InterruptedException {
        try {
            return broker.look(PATIENCE);
        } catch (SourceException e) {
            LOG.debug("the broker did not answer", e);
            return Look.failed(e.getMessage());
        }
    }

    Look latest() {
        return latest;
    }

    /** Why nothing can come from Connect just now, or null. */
    String connectProblem() {
        return connectProblem;
    }

    @Override
    public void close() {
        stopping.countDown();
        thread.interrupt();
        try {
            thread.join(PATIENCE.toMillis() * 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        broker.close();
    }
}
