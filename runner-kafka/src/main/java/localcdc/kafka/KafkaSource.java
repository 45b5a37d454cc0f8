package localcdc.kafka;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import localcdc.core.source.ChangeHandler;
import localcdc.core.source.ChangeSource;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import localcdc.core.source.SourceStatus;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path through Kafka: reads the topics from their beginning into the map and follows them. No committed offset is ever
 * a position: each start reads everything.
 *
 * <p>One thread, {@code cdc-source}, reads, applies and decides. A partition that comes, goes, is made again or has lost the
 * records that were to be read next is dropped from the map and read anew; while it is behind what it held when its reading
 * began, or while the broker or Connect is in trouble, the path is not ready and says why. Who is refused by the broker at
 * the start has wrong settings, and the path ends; later somebody has changed a password or a right, and it waits.
 */
final class KafkaSource implements ChangeSource {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaSource.class);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(3);
    private static final Duration REFUSED_PAUSE = Duration.ofSeconds(1);
    /** How long no question may be refused until the broker counts as content: a fetch is answered earlier than that. */
    private static final Duration CONTENT_AFTER = Duration.ofSeconds(3);

    private static final Duration SETTLED_EVERY = Duration.ofSeconds(2);

    private final KafkaSettings settings;
    private final KnownTables tables;
    private final BadRecords bad;
    private final KafkaFacts facts;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "cdc-source");

    private ChangeHandler handler;
    private Applier applier;
    private Readers readers;
    private Barriers barriers;
    private TopicWatch watch;
    private long followed;
    private boolean inTrouble;
    private boolean everReady;
    private String refusal;
    private long refusedNanos;
    private SourceState told = SourceState.STARTING;
    private long nextProgress;
    private long nextSettled;

    KafkaSource(KafkaSettings settings, KnownTables tables, BadRecords bad) {
        this.settings = settings;
        this.tables = tables;
        this.bad = bad;
        this.facts = new KafkaFacts(settings, tables);
    }

    KafkaFacts facts() {
        return facts;
    }

    @Override
    public List<String> stages() {
        return List.of("commitToCaptured", "capturedToAppended", "appendedToApplied");
    }

    @Override
    public void start(ChangeHandler changeHandler) throws SourceException {
        handler = changeHandler;
        var broker = Broker.connect(settings);
        boolean started = false;
        try {
            var topics = new TopicWait(broker, settings, stopping).topics();
            if (topics.isEmpty()) {
                return;
            }
            var seen = topics.get();
            barriers = new Barriers(handler, facts);
            applier = new Applier(settings, handler, tables, bad, barriers);
            readers = new Readers(settings, applier, handler, facts, seen);
            readers.open();
            watch = new TopicWatch(broker, connectState(seen), facts, seen).start();
            thread.start();
            started = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("Interrupted while asking the broker.", "Start again.", e);
        } catch (KafkaException e) {
            throw KafkaProblem.explain(settings, e);
        } finally {
            if (!started) {
                closeReaders();
                broker.close();
            }
        }
    }

    private ConnectState connectState(Look seen) {
        if (settings.connectUrl() == null) {
            return null;
        }
        var prefix = seen.data().stream()
                .flatMap(topic -> TopicNames.prefix(topic, settings.topicPrefix(), seen.existing()).stream())
                .findFirst()
                .orElse(settings.topicPrefix());
        return new ConnectState(settings.connectUrl(), prefix);
    }

    @Override
    public SourceStatus status() {
        return facts.status();
    }

    private void run() {
        try {
            readUntilStopped();
        } catch (SourceException e) {
            closeReaders();
            handler.failed(e);
            return;
        } catch (KafkaException e) {
            closeReaders();
            if (!isStopping()) {
                handler.failed(KafkaProblem.explain(settings, e));
            }
            return;
        } catch (InterruptedException e) {
            LOG.debug("interrupted", e);
        } catch (RuntimeException | Error e) {
            LOG.error("The Kafka source has a bug; it ends.", e);
            closeReaders();
            handler.failed(new SourceException("The Kafka source has a bug: " + e, "", e));
            return;
        }
        closeReaders();
    }

    private void readUntilStopped() throws SourceException, InterruptedException {
        handler.state(SourceState.REBUILDING, "reading " + settings.asked() + " from the beginning");
        told = SourceState.REBUILDING;
        facts.filling();
        while (!isStopping()) {
            try {
                facts.received(readers.data().poll(POLL));
                if (readers.data().isIdle()) {
                    pause(POLL);
                }
                readers.control().poll(Duration.ZERO);
                var latest = watch.latest();
                // Who is refused does not see, either, what is there.
                if (latest.look().problem() == null && refusal == null) {
                    readers.follow(latest.look());
                    followed = latest.number();
                }
                barriers.look(readers.data(), readers.isBehind(), watch, followed);
                tellState(latest.look());
            } catch (InvalidOffsetException e) {
                readers.restart(
                        e.partitions(),
                        "the records that were to be read next are gone, by retention or since the topic"
                                + " was made again");
            } catch (InterruptException e) {
                throw new InterruptedException(e.getMessage());
            } catch (RetriableException e) {
                LOG.debug("the broker did not answer", e);
                pause(POLL);
            } catch (AuthenticationException | AuthorizationException e) {
                refused(e);
            }
        }
    }

    /** The broker does not take us for who we were, or does not let us do what we did. */
    private void refused(ApiException e) throws InterruptedException {
        if (!everReady) {
            throw e;
        }
        if (isStopping()) {
            return;
        }
        refusal = KafkaProblem.explain(settings, e).getMessage();
        refusedNanos = System.nanoTime();
        inTrouble = true;
        tell(SourceState.RECOVERING, refusal);
        if (settings.group() != null) {
            readers.joinAgain();
        }
        pause(REFUSED_PAUSE);
    }

    private boolean isFilling() {
        return readers.isBehind() || (told != SourceState.STREAMING && barriers.holdsSnapshotEnd());
    }

    private void tellState(Look look) {
        var trouble = trouble(look);
        if (trouble != null) {
            inTrouble = true;
            tell(SourceState.RECOVERING, trouble);
            return;
        }
        if (inTrouble) {
            // Whatever was written meanwhile is to be applied before the path is ready again.
            readers.retarget();
            inTrouble = false;
        }
        if (isFilling()) {
            if (told == SourceState.STREAMING) {
                facts.filling();
                tell(SourceState.REBUILDING, "partitions came or are read again");
            }
            logProgress();
            return;
        }
        if (told != SourceState.STREAMING) {
            assumeEmptyTables();
            everReady = true;
            tell(
                    SourceState.STREAMING,
                    "everything that the topics held is applied, "
                            + readers.data().streams().stream()
                                    .mapToLong(stream -> stream.target() - stream.begin())
                                    .sum()
                            + " records or what compaction has left of them");
            handler.caughtUp();
        }
        settle();
    }

    /** Why nothing can be expected just now, or null. */
    private String trouble(Look look) {
        if (look.problem() != null) {
            return look.problem();
        }
        if (refusal != null) {
            if (System.nanoTime() - refusedNanos < CONTENT_AFTER.toNanos()) {
                return refusal;
            }
            refusal = null;
        }
        var gone = settings.topics().stream()
                .filter(topic -> !look.topics().containsKey(topic))
                .toList();
        if (!gone.isEmpty()) {
            return "topic " + String.join(", ", gone) + " is gone; waiting until it is made again"
                    + (settings.hasIdentity() ? ", or until this user may DESCRIBE it again" : "");
        }
        return watch.connectProblem();
    }

    private void tell(SourceState state, String why) {
        told = state;
        handler.state(state, why);
    }

    private void logProgress() {
        long now = System.nanoTime();
        if (nextProgress == 0) {
            nextProgress = now + PROGRESS_EVERY.toNanos();
        }
        if (now - nextProgress > 0) {
            nextProgress = now + PROGRESS_EVERY.toNanos();
            var progress = facts.progress();
            LOG.info(
                    "Filling the map: {} of {} records, {} %, about {} s left",
                    progress.get("records"),
                    progress.get("recordsTotal"),
                    Math.round((Double) progress.get("share") * 100),
                    progress.get("secondsLeft"));
        }
    }

    /** A topic without a single row is a table without rows. */
    private void assumeEmptyTables() {
        for (var topic : readers.data().topics()) {
            boolean empty = readers.data().streams().stream()
                    .filter(stream -> stream.partition().topic().equals(topic))
                    .allMatch(stream -> stream.target() == stream.begin());
            if (empty) {
                applier.assume(topic, readers.tableOf(topic));
            }
        }
    }

    /** A table is as its definition says again once every row has been written anew. */
    private void settle() {
        long now = System.nanoTime();
        if (tables.changed().isEmpty() || now - nextSettled < 0) {
            return;
        }
        nextSettled = now + SETTLED_EVERY.toNanos();
        for (var table : tables.changed()) {
            if (!handler.holdsOtherShapes(table, tables.get(table).shape())) {
                tables.settled(table);
            }
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void pause(Duration duration) throws InterruptedException {
        if (stopping.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("asked to stop");
        }
    }

    @Override
    public void stop(Duration grace) {
        stopping.countDown();
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            thread.join(grace.toMillis());
            if (thread.isAlive()) {
                LOG.warn("The reading thread did not end within {} s.", grace.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeReaders() {
        if (watch != null) {
            watch.close();
        }
        if (readers != null) {
            readers.close();
        }
    }
}
