package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessageBarrierTest {

    private static final ProducerRecord<byte[], byte[]> ROW = sent("cdc.inventory.customers", "{\"id\":1}");
    private static final ProducerRecord<byte[], byte[]> MESSAGE = sent("cdc.control", "{\"message\":\"localcdc\"}");

    private final ExecutorService task = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        task.shutdownNow();
    }

    @Test
    void letsAMessageGoAtOnceWhenNothingIsUnderWay() {
        // Given
        var barrier = new MessageBarrier();
        barrier.onSend(ROW);
        barrier.onAcknowledgement(null, null);

        // Then
        assertThat(barrier.onSend(MESSAGE)).isSameAs(MESSAGE);
    }

    @Test
    void holdsAMessageUntilEveryRecordBeforeItIsAcknowledged() throws Exception {
        // Given
        var barrier = new MessageBarrier();
        barrier.onSend(ROW);
        barrier.onSend(ROW);

        // When
        var message = send(barrier);
        barrier.onAcknowledgement(null, null);
        awaitWaiting();
        var heldByOne = !message.isDone();
        barrier.onAcknowledgement(null, null);

        // Then
        assertThat(heldByOne).isTrue();
        assertThat(message.get(10, TimeUnit.SECONDS)).isSameAs(MESSAGE);
    }

    @Test
    void holdsTheNextMessageForTheOneBefore() throws Exception {
        // Given
        var barrier = new MessageBarrier();
        barrier.onSend(MESSAGE);

        // When
        var next = send(barrier);
        awaitWaiting();
        barrier.onAcknowledgement(null, null);

        // Then
        assertThat(next.get(10, TimeUnit.SECONDS)).isSameAs(MESSAGE);
    }

    @Test
    void holdsASnapshotsEndBackLikeAMessage() {
        // Given
        var barrier = new MessageBarrier(Duration.ofMillis(20));
        barrier.onSend(ROW);

        // Then
        assertThat(barrier.onSend(sent("cdc.control", "{\"snapshot\":\"cdc\"}")).value())
                .isNull();
    }

    @Test
    void letsRowsTruncatesAndOtherTopicsPass() {
        // Given
        var barrier = new MessageBarrier();
        barrier.onSend(ROW);

        // Then
        for (var other : new ProducerRecord<?, ?>[] {
            ROW,
            sent("cdc.control", "{\"truncate\":\"inventory.customers\"}"),
            sent("cdc.inventory.messages", "{\"message\":\"localcdc\"}"),
            new ProducerRecord<byte[], byte[]>("cdc.control", null, new byte[0])
        }) {
            assertThat(pass(barrier, other)).isSameAs(other);
        }
    }

    @SuppressWarnings("unchecked") // made above
    private static Object pass(MessageBarrier barrier, ProducerRecord<?, ?> record) {
        return barrier.onSend((ProducerRecord<byte[], byte[]>) record);
    }

    @Test
    void withdrawsAMessageThatHasWaitedTooLong() {
        // Given
        var barrier = new MessageBarrier(Duration.ofMillis(20));
        barrier.onSend(ROW);

        // When
        var withdrawn = barrier.onSend(MESSAGE);
        barrier.onAcknowledgement(null, null);
        barrier.onAcknowledgement(null, null);

        // Then
        assertThat(withdrawn.key()).isEqualTo(MESSAGE.key());
        assertThat(withdrawn.value()).isNull();
        assertThat(barrier.onSend(MESSAGE)).isSameAs(MESSAGE);
    }

    @Test
    void withdrawsEveryMessageAfterARecordThatFailed() throws Exception {
        // Given
        var barrier = new MessageBarrier();
        barrier.onSend(ROW);

        // When
        var message = send(barrier);
        awaitWaiting();
        barrier.onAcknowledgement(null, new TimeoutException());

        // Then
        assertThat(message.get(10, TimeUnit.SECONDS).value()).isNull();
        assertThat(send(new MessageBarrier()).get(10, TimeUnit.SECONDS).value()).isNotNull();
    }

    @Test
    void letsAWaitingMessageGoWhenTheProducerCloses() throws Exception {
        // Given
        var barrier = new MessageBarrier();
        barrier.onSend(ROW);

        // When
        var message = send(barrier);
        awaitWaiting();
        barrier.close();

        // Then
        assertThat(message.get(10, TimeUnit.SECONDS).value()).isNull();
    }

    /** A real producer, whose broker is not there. */
    @Test
    void isToldOfARecordThatCouldNotEvenBeBatched() {
        // Given
        Counting.reset();
        var settings = Map.<String, Object>of(
                "bootstrap.servers", "127.0.0.1:1",
                "max.block.ms", "50",
                "interceptor.classes", Counting.class.getName());

        // When
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            assertThat(producer.send(ROW)).isDone();
            producer.close(Duration.ZERO);
        }

        // Then
        assertThat(Counting.ACKNOWLEDGED).hasValue(1);
    }

    /** Counts what the producer tells an interceptor. */
    public static final class Counting implements ProducerInterceptor<byte[], byte[]> {

        private static final AtomicInteger ACKNOWLEDGED = new AtomicInteger();

        private static void reset() {
            ACKNOWLEDGED.set(0);
        }

        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
            return record;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
            ACKNOWLEDGED.incrementAndGet();
        }

        @Override
        public void close() {
            // Nothing is open.
        }

        @Override
        public void configure(Map<String, ?> configs) {
            // Nothing to set.
        }
    }

    private CompletableFuture<ProducerRecord<byte[], byte[]>> send(MessageBarrier barrier) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Thread.currentThread().setName("barrier-test-task");
                    return barrier.onSend(MESSAGE);
                },
                task);
    }

    private static void awaitWaiting() {
        Awaitility.await("the task waits").until(() -> Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("barrier-test-task")
                        && thread.getState() == Thread.State.TIMED_WAITING));
    }

    private static ProducerRecord<byte[], byte[]> sent(String topic, String key) {
        return new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), "{}".getBytes(StandardCharsets.UTF_8));
    }
}
