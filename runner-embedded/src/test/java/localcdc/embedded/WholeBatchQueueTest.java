package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.connector.base.ChangeEventQueue;
import io.debezium.connector.base.QueueProvider;
import io.debezium.pipeline.DataChangeEvent;
import io.debezium.util.LoggingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our queue inside Debezium's, as the engine uses it. */
@Timeout(60)
class WholeBatchQueueTest {

    private static final Duration LONG = Duration.ofMillis(400);

    private final WholeBatchQueue ours = new WholeBatchQueue();

    @BeforeEach
    void configure() {
        ours.configure(Map.of(WholeBatchQueue.MAX_RECORDS, "4096"));
    }

    private ChangeEventQueue<DataChangeEvent> queue(Duration interval, int size) {
        return new ChangeEventQueue.Builder<DataChangeEvent>()
                .pollInterval(interval)
                .maxBatchSize(1)
                .maxQueueSize(size)
                .queueProvider(ours)
                .loggingContextSupplier(() -> LoggingContext.forConnector("test", "test", "test"))
                .build();
    }

    private static DataChangeEvent event(int number) {
        return new DataChangeEvent(
                new SourceRecord(Map.of("server", "s"), Map.of("lsn", number), "topic", null, "value " + number));
    }

    private static List<Object> values(List<DataChangeEvent> polled) {
        var values = new ArrayList<>();
        for (var event : polled) {
            for (var change : ((RecordBatch) event.getRecord()).records()) {
                values.add(change.value());
            }
        }
        return values;
    }

    @Test
    void isFoundByItsName() {
        var names = new ArrayList<String>();
        for (QueueProvider<?> provider : ServiceLoader.load(QueueProvider.class)) {
            names.add(provider.name());
        }

        assertThat(names).contains("memory", WholeBatchQueue.NAME);
    }

    @Test
    void handsOnAllThatWaitsAsOneRecordWithThePlaceOfTheLast() throws Exception {
        // Given
        var queue = queue(LONG, 100);
        for (int i = 1; i <= 3; i++) {
            queue.enqueue(event(i));
        }

        // When
        var polled = queue.poll();

        // Then
        assertThat(polled).hasSize(1);
        assertThat(values(polled)).containsExactly("value 1", "value 2", "value 3");
        assertThat(polled.get(0).getRecord().sourceOffset()).isEqualTo(Map.of("lsn", 3));
        assertThat(polled.get(0).getRecord().sourcePartition()).isEqualTo(Map.of("server", "s"));
        assertThat(ours.size()).isZero();
    }

    @Test
    void keepsABatchSmallEnoughThatItsPlaceIsConfirmedNowAndThen() throws Exception {
        var queue = queue(LONG, 10_000);
        for (int i = 0; i < 5000; i++) {
            queue.enqueue(event(i));
        }

        assertThat(values(queue.poll())).hasSize(4096).startsWith("value 0");
        assertThat(values(queue.poll())).hasSize(904).endsWith("value 4999");
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void wakesAWaitingEngineWithTheFirstChange() throws Exception {
        // Given an interval that no test would wait for
        var queue = queue(Duration.ofHours(1), 100);
        var polled = new CompletableFuture<List<DataChangeEvent>>();
        var engine = new Thread(() -> {
            try {
                polled.complete(queue.poll());
            } catch (InterruptedException | RuntimeException e) {
                polled.completeExceptionally(e);
            }
        });
        engine.start();
        while (engine.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        // When
        queue.enqueue(event(1));

        // Then: Debezium itself gives control back every 5 s
        assertThat(values(polled.get(30, TimeUnit.SECONDS))).containsExactly("value 1");
    }

    @Test
    void deliversEveryChangeInOrderWhileTheReaderIsHeldBackByAFullQueue() throws Exception {
        // Given
        int all = 20_000;
        var queue = queue(Duration.ofMillis(2), 64);
        var reader = new Thread(() -> {
            try {
                for (int i = 0; i < all; i++) {
                    queue.enqueue(event(i));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        reader.start();

        // When
        var got = new ArrayList<>();
        while (got.size() < all) {
            var polled = queue.poll();
            assertThat(polled).hasSizeLessThanOrEqualTo(1);
            var values = values(polled);
            assertThat(values).hasSizeLessThanOrEqualTo(64);
            got.addAll(values);
        }
        reader.join();

        // Then
        assertThat(got)
                .isEqualTo(IntStream.range(0, all).mapToObj(i -> "value " + i).toList());
    }

    @Test
    void letsThePollingThreadRestInsteadOfTurningThroughTheIntervalsLastMillisecond() throws Exception {
        // Given
        var looks = new int[1];
        var counting = new ChangeEventQueue.Builder<DataChangeEvent>()
                .pollInterval(Duration.ofMillis(20))
                .maxBatchSize(1)
                .maxQueueSize(10)
                .queueProvider(new QueueProvider<>() {
                    @Override
                    public String name() {
                        return ours.name();
                    }

                    @Override
                    public void configure(Map<String, ?> properties) {
                        ours.configure(properties);
                    }

                    @Override
                    public void enqueue(DataChangeEvent change) {
                        ours.enqueue(change);
                    }

                    @Override
                    public DataChangeEvent poll() {
                        return ours.poll();
                    }

                    @Override
                    public int size() {
                        looks[0]++;
                        return ours.size();
                    }
                })
                .loggingContextSupplier(() -> LoggingContext.forConnector("test", "test", "test"))
                .build();
        counting.enqueue(event(1));
        assertThat(values(counting.poll())).hasSize(1);

        // When
        looks[0] = 0;
        for (int i = 0; i < 10; i++) {
            assertThat(counting.poll()).isEmpty();
        }

        // Then: without a rest it is thousands each time
        assertThat(looks[0]).isLessThan(10 * 50);
    }
}
