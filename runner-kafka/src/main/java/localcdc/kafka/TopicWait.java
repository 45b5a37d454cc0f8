package localcdc.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import localcdc.core.source.SourceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits, as long as it was asked to, until the broker answers and has the topics: on a platform whose parts start all at once
 * the connector makes them some time after the consumer has begun. For one thread.
 */
final class TopicWait {

    private static final Logger LOG = LoggerFactory.getLogger(TopicWait.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Broker broker;
    private final KafkaSettings settings;
    private final CountDownLatch stopping;
    private String said;

    /** A wait that ends when {@code stopping} does. */
    TopicWait(Broker broker, KafkaSettings settings, CountDownLatch stopping) {
        this.broker = broker;
        this.settings = settings;
        this.stopping = stopping;
    }

    /**
     * The topics, all of them; nothing when it was told to stop meanwhile.
     *
     * @throws SourceException when the time is up, with what is missing; or at once, when waiting would not help
     */
    Optional<Look> topics() throws SourceException, InterruptedException {
        long deadline = System.nanoTime() + settings.waitForTopics().toNanos();
        while (true) {
            long left = deadline - System.nanoTime();
            SourceException problem;
            try {
                // The last look takes its time to find out why nobody answers.
                var seen = left > 0 ? broker.look(ANSWER) : broker.firstLook();
                var missing = seen.missing(settings);
                if (missing.isEmpty()) {
                    return Optional.of(seen);
                }
                problem = missing.get();
            } catch (SourceException e) {
                if (left > 0 && KafkaProblem.isSilence(e)) {
                    problem = e;
                } else {
                    throw e;
                }
            }
            if (left <= 0) {
                throw problem;
            }
            say(problem);
            if (stopping.await(Math.min(left, PAUSE.toNanos()), TimeUnit.NANOSECONDS)) {
                return Optional.empty();
            }
        }
    }

    private void say(SourceException problem) {
        if (!problem.getMessage().equals(said)) {
            said = problem.getMessage();
            LOG.info("Waiting up to {} s: {}", settings.waitForTopics().toSeconds(), said);
        }
    }
}
