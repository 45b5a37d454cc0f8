package localcdc.kafka;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
    private long connectAsked = System.nanoTime() - EVERY.toNanos();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "kafka-watch");
    private final Semaphore asked = new Semaphore(0);
    private final AtomicLong begun = new AtomicLong();
    private volatile Numbered latest;
    private volatile String connectProblem;

    /**
     * A look.
     *
     * @param number which one it was, in the order of their beginnings
     */
    record Numbered(long number, Look look) {}

    /**
     * @param broker closed with this watch
     * @param connect null where Connect's address is not known
     */
    TopicWatch(Broker broker, ConnectState connect, KafkaFacts facts, Look first) {
        this.broker = broker;
        this.connect = connect;
        this.facts = facts;
        this.latest = new Numbered(0, first);
        thread.setDaemon(true);
    }

    TopicWatch start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (stopping.getCount() > 0) {
                if (asked.tryAcquire(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    asked.drainPermits();
                }
                long number = begun.incrementAndGet();
                latest = new Numbered(number, look());
                askConnect();
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted", e);
        }
    }

    private void askConnect() throws InterruptedException {
        if (connect != null && System.nanoTime() - connectAsked >= EVERY.toNanos()) {
            connectAsked = System.nanoTime();
            var seen = connect.look();
            facts.connect(seen.asMap());
            connectProblem = seen.problem();
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

    Numbered latest() {
        return latest;
    }

    /**
     * Asks for a look that begins from now on.
     *
     * @return the number of the first such look
     */
    long ask() {
        long next = begun.get() + 1;
        asked.release();
        return next;
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
