package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import localcdc.connect.ConnectPlugin;
import localcdc.core.event.TableId;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import localcdc.kafka.KafkaSettings.OnBadRecord;
import localcdc.stack.TestKafka;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What becomes of a topic's records, whatever happens to the topic; the records are the test's own. */
class KafkaSourceIT {

    private static final TestKafka KAFKA = TestKafka.shared(ConnectPlugin::writeTo);

    private static HandMadeTopic topic(int partitions) {
        return topic(partitions, Map.of());
    }

    private static HandMadeTopic topic(int partitions, Map<String, String> settings) {
        var prefix = "h" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        return new HandMadeTopic(KAFKA, prefix, partitions, settings);
    }

    private static KafkaSettings reading(HandMadeTopic topic) {
        return KafkaSettings.of(KAFKA.bootstrapServers(), topic.name());
    }

    @Test
    void fillsTheMapFromTheBeginningAndFollows() throws Exception {
        try (var topic = topic(1)) {
            topic.put(1, "packed")
                    .put(2, "packed")
                    .put(1, "sent")
                    .delete(2)
                    .put(3, "packed")
                    .flush();
            try (var path = KafkaPath.start(reading(topic))) {
                assertThat(path.rows(HandMadeTopic.TABLE)).isEqualTo(topic.expected());
                assertThat(path.pipeline().latency().percentiles().count())
                        .as("what was written long ago has no latency")
                        .isZero();

                topic.put(2, "again").delete(3).put(1, "there").flush();
                path.awaitRows(HandMadeTopic.TABLE, topic.expected());
                assertThat(path.pipeline().latency().percentiles().count()).isEqualTo(3);
                assertThat(path.pipeline()
                                .reader()
                                .table(TableId.parse(HandMadeTopic.TABLE))
                                .orElseThrow()
                                .deletes())
                        .as("a deletion's two records are one deletion")
                        .isEqualTo(2);
                assertThat(path.runner().badRecords()).isZero();
                assertThat(path.pipeline().indexer().staleIgnored()).isZero();
            }
        }
    }

    @Test
    void isReadyWithoutASingleRecord() throws Exception {
        try (var topic = topic(1);
                var path = KafkaPath.start(reading(topic))) {
            assertThat(path.rows(HandMadeTopic.TABLE)).isEmpty();
            topic.put(1, "first").flush();
            path.awaitRows(HandMadeTopic.TABLE, topic.expected());
            assertThat(path.pipeline().reader().tables()).hasSize(1);
        }
    }

    @Test
    void countsAMessageOnceWhatCameBeforeItIsApplied() throws Exception {
        try (var topic = topic(3);
                var path = KafkaPath.start(reading(topic))) {
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 500; i++) {
                    topic.put(i, "r" + round);
                }
                topic.flush().message("marker-" + round).flush();
                assertThat(path.pipeline().awaitMarker("marker-" + round, Duration.ofSeconds(20)))
                        .isTrue();

                assertThat(path.rows(HandMadeTopic.TABLE)).isEqualTo(topic.expected());
                assertThat(path.pipeline().position()).isEqualTo(topic.lsn());
            }
            assertThat(path.pipeline().sourceStatus().heartbeatAgeSeconds()).isBetween(0.0, 30.0);
        }
    }

    @Test
    void appliesATruncateWheneverItIsRead() throws Exception {
        try (var topic = topic(2)) {
            topic.put(1, "old")
                    .put(2, "old")
                    .flush()
                    .truncate()
                    .flush()
                    .put(2, "new")
                    .flush();
            try (var path = KafkaPath.start(reading(topic))) {
                path.awaitRows(HandMadeTopic.TABLE, topic.expected());
                topic.put(3, "newer").flush().truncate().flush();
                path.awaitRows(HandMadeTopic.TABLE, Map.of());
                topic.put(4, "newest").flush();
                path.awaitRows(HandMadeTopic.TABLE, topic.expected());
            }
            try (var again = KafkaPath.start(reading(topic))) {
                assertThat(again.rows(HandMadeTopic.TABLE)).isEqualTo(topic.expected());
            }
        }
    }

    @Test
    void dropsWhatOnlyAnInterruptedSnapshotHasRead() throws Exception {
        try (var topic = topic(2)) {
            topic.read(1, 100).read(2, 100).read(3, 100).flush();
            try (var path = KafkaPath.start(reading(topic))) {
                topic.read(2, 200).flush().snapshotEnd(200, 1, 3).put(4, "new").flush();
                path.awaitRows(HandMadeTopic.TABLE, topic.expected());
            }
            try (var again = KafkaPath.start(reading(topic))) {
                assertThat(again.rows(HandMadeTopic.TABLE)).isEqualTo(topic.expected());
            }
        }
    }

    @Test
    void removesWhatOnlyATombstoneIsLeftOf() throws Exception {
        try (var topic = topic(1)) {
            topic.put(1, "a").put(2, "b").tombstone(1, topic.lsn() + 50).flush();
            try (var path = KafkaPath.start(reading(topic))) {
                assertThat(path.rows(HandMadeTopic.TABLE)).containsOnlyKeys("{\"id\":2}");
            }
        }
    }

    @Test
    void keepsBadRecordsApartAndChangesNothingForThem() throws Exception {
        try (var topic = topic(1)) {
            topic.put(1, "good").put(2, "good");
            var bad = List.of(
                    new String[] {"{\"id\":1}", "{\"broken"},
                    new String[] {"{\"id\":1}", "{\"hello\":\"world\"}"},
                    new String[] {"{\"id\":1}", "{\"id\":1,\"state\":\"evil\"}"},
                    new String[] {null, "{\"op\":\"u\",\"after\":{\"id\":1,\"state\":\"evil\"}}"},
                    new String[] {null, null},
                    new String[] {"7", "true"},
                    new String[] {"{\"id\":2}", "\u0000\u0001"});
            bad.forEach(one -> topic.raw(one[0], one[1]));
            topic.put(3, "good").flush();
            try (var path = KafkaPath.start(reading(topic))) {
                assertThat(path.rows(HandMadeTopic.TABLE)).isEqualTo(topic.expected());
                assertThat(path.runner().badRecords()).isEqualTo(bad.size());
                assertThat(path.runner().latestBadRecords()).hasSize(bad.size()).allSatisfy(kept -> {
                    assertThat(kept).containsKeys("topic", "partition", "offset", "problem", "key", "value");
                    assertThat((String) kept.get("problem")).isNotBlank();
                });
            }
        }
    }

    @Test
    void endsAtABadRecordWhereThatIsAskedFor() throws Exception {
        try (var topic = topic(1)) {
            topic.put(1, "good").raw("{\"id\":1}", "{\"broken").flush();
            var plain = reading(topic);
            var strict = new KafkaSettings(
                    plain.topics(),
                    null,
                    plain.bootstrapServers(),
                    Map.of(),
                    null,
                    "consumer",
                    null,
                    null,
                    OnBadRecord.STOP,
                    Set.of(),
                    Map.of(),
                    Duration.ZERO);
            try (var path = KafkaPath.begin(strict)) {
                await().atMost(KafkaPath.PATIENCE).until(() -> path.state() == SourceState.FAILED);
                assertThat(path.pipeline().failure().orElseThrow().getMessage())
                        .contains(topic.name() + "-0@1")
                        .contains("{\"broken");
            }
        }
    }

    @Test
    void readsATopicAnewThatWasMadeAgain() throws Exception {
        try (var topic = topic(1);
                var path = KafkaPath.start(reading(topic))) {
            for (int i = 0; i < 20; i++) {
                topic.put(i, "old");
            }
            topic.flush();
            path.awaitRows(HandMadeTopic.TABLE, topic.expected());

            topic.remake(1);
            topic.put(100, "new").flush();
            path.awaitRows(HandMadeTopic.TABLE, topic.expected());
            path.awaitReady();
        }
    }

    @Test
    void readsAnewWhereRetentionHasOvertakenIt() throws Exception {
        try (var topic = topic(1)) {
            topic.put(1, "a").put(2, "b").put(3, "c").flush();
            try (var admin = KAFKA.admin()) {
                admin.deleteRecords(Map.of(new TopicPartition(topic.name(), 0), RecordsToDelete.beforeOffset(2)))
                        .all()
                        .get(20, TimeUnit.SECONDS);
            }
            try (var path = KafkaPath.start(reading(topic))) {
                assertThat(path.rows(HandMadeTopic.TABLE)).containsOnlyKeys("{\"id\":3}");
            }
        }
    }

    @Test
    void followsPartitionsThatAreAdded() throws Exception {
        try (var topic = topic(1);
                var path = KafkaPath.start(reading(topic))) {
            for (int i = 0; i < 50; i++) {
                topic.put(i, "one partition");
            }
            topic.flush();
            path.awaitRows(HandMadeTopic.TABLE, topic.expected());
            try (var admin = KAFKA.admin()) {
                admin.createPartitions(Map.of(topic.name(), NewPartitions.increaseTo(4)))
                        .all()
                        .get(20, TimeUnit.SECONDS);
            }
            await().atMost(KafkaPath.PATIENCE)
                    .until(() -> path.runner().partitions().size() == 4);
            topic.reopen();
            for (int i = 0; i < 50; i += 2) {
                topic.put(i, "four partitions").delete(i + 1);
            }
            topic.flush();
            path.awaitRows(HandMadeTopic.TABLE, topic.expected());
            try (var again = KafkaPath.start(reading(topic))) {
                assertThat(again.rows(HandMadeTopic.TABLE)).isEqualTo(topic.expected());
            }
        }
    }

    @Test
    void takesEveryTopicThatAPatternMatchesAlsoLater() throws Exception {
        try (var first = topic(1)) {
            first.put(1, "first").flush();
            var prefix = first.name().substring(0, first.name().indexOf('.'));
            var settings = new KafkaSettings(
                    List.of(),
                    Pattern.compile(prefix + "\\..*"),
                    KAFKA.bootstrapServers(),
                    Map.of(),
                    null,
                    "consumer",
                    null,
                    null,
                    OnBadRecord.SKIP,
                    Set.of(),
                    Map.of(),
                    Duration.ZERO);
            try (var path = KafkaPath.start(settings)) {
                path.awaitRows(HandMadeTopic.TABLE, first.expected());
                KAFKA.createTopic(prefix + ".shop.others", 1, Map.of());
                await().atMost(KafkaPath.PATIENCE)
                        .until(() -> path.runner().partitions().size() == 2);
                path.awaitReady();
                assertThat(path.runner().badRecords()).isZero();
            }
        }
    }

    @Test
    void sharesPartitionsInAGroupSoThatEveryRowIsInOneMap() throws Exception {
        try (var topic = topic(6)) {
            for (int i = 0; i < 300; i++) {
                topic.put(i, "v" + i);
            }
            topic.flush();
            var settings = reading(topic).inGroup("g-" + UUID.randomUUID());
            var first = KafkaPath.start(settings);
            try (var second = KafkaPath.start(settings)) {
                try (var third = KafkaPath.start(settings)) {
                    awaitDisjointAndWhole(topic, first, second, third);
                    assertThat(third.runner().partOnly()).isPresent();

                    topic.truncate().flush();
                    for (var path : List.of(first, second, third)) {
                        path.awaitRows(HandMadeTopic.TABLE, Map.of());
                    }
                    for (int i = 0; i < 300; i++) {
                        topic.put(i, "w" + i);
                    }
                    topic.flush();
                    awaitDisjointAndWhole(topic, first, second, third);
                }
                awaitDisjointAndWhole(topic, first, second);
                first.close();
                awaitDisjointAndWhole(topic, second);
            } finally {
                first.close();
            }
        }
    }

    private static void awaitDisjointAndWhole(HandMadeTopic topic, KafkaPath... members) {
        await().atMost(KafkaPath.PATIENCE).untilAsserted(() -> {
            var all = new TreeMap<String, String>();
            int sum = 0;
            var partitions = new HashSet<Object>();
            for (var member : members) {
                assertThat(member.pipeline().isReady()).isTrue();
                var rows = member.rows(HandMadeTopic.TABLE);
                sum += rows.size();
                all.putAll(rows);
                member.runner().partitions().forEach(one -> partitions.add(one.get("partition")));
            }
            assertThat(all).isEqualTo(topic.expected());
            assertThat(sum).isEqualTo(all.size());
            assertThat(partitions).hasSize(6);
        });
    }

    @Test
    void saysWhichTopicsThereAreWhenTheOneIsNot() {
        var settings = KafkaSettings.of(KAFKA.bootstrapServers(), "cdc.no.such");
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> KafkaPath.begin(settings))
                .withMessageContaining("There is no topic cdc.no.such");
    }

    @Test
    void waitsForTopicsThatAreMadeLater() throws Exception {
        var prefix = "w" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        var settings = KafkaSettings.of(KAFKA.bootstrapServers(), prefix + "." + HandMadeTopic.TABLE)
                .waitingForTopics(Duration.ofMinutes(1));
        var begun = CompletableFuture.supplyAsync(() -> {
            try {
                return KafkaPath.start(settings);
            } catch (SourceException failed) {
                throw new CompletionException(failed);
            }
        });
        await().pollDelay(Duration.ofSeconds(1)).until(() -> !begun.isDone());
        try (var topic = new HandMadeTopic(KAFKA, prefix, 1, Map.of())) {
            topic.put(1, "packed").flush();
            try (var path = begun.get(60, TimeUnit.SECONDS)) {
                path.awaitRows(HandMadeTopic.TABLE, topic.expected());
            }
        }
    }

    @Test
    void stopsWhileItWaitsForATopic() throws Exception {
        var runner = new KafkaRunner(
                KafkaSettings.of(KAFKA.bootstrapServers(), "cdc.no.such").waitingForTopics(Duration.ofMinutes(5)));
        var starting = CompletableFuture.runAsync(() -> {
            try {
                runner.start();
            } catch (SourceException failed) {
                throw new CompletionException(failed);
            }
        });
        runner.close();
        starting.get(60, TimeUnit.SECONDS);
        assertThat(runner.pipeline().state()).isEqualTo(SourceState.STOPPED);
    }

    @Test
    void saysThatNoBrokerAnswers() {
        var settings = KafkaSettings.of("127.0.0.1:1", "cdc.inventory.customers");
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> KafkaPath.begin(settings))
                .withMessageContaining("No Kafka broker answers at 127.0.0.1:1");
    }
}
