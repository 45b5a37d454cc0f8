package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import localcdc.common.cli.JarProcess;
import localcdc.connect.ConnectPlugin;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestKafka;
import localcdc.stack.TestPostgres;
import localcdc.stack.TopicReader;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar as a child process: signals, kills, a group of processes, exit codes, and verify against it. */
@Timeout(180)
class KafkaJarIT {

    private static final TestKafka KAFKA = TestKafka.shared(ConnectPlugin::writeTo);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LSN = Pattern.compile("\"lsn\":(\\d+)");
    private static final int STARTS = 10;

    @TempDir
    private Path folder;

    private static HandMadeTopic topic(int partitions) {
        var prefix = "j" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        return new HandMadeTopic(KAFKA, prefix, partitions, Map.of("cleanup.policy", "compact"));
    }

    private JarProcess start(Map<String, String> environment, List<String> arguments) throws IOException {
        return JarProcess.start("runner-kafka", "128m", folder, environment, arguments);
    }

    /** Begins to read a topic; status is at a free port. */
    private JarProcess read(String topic, String... more) throws IOException {
        var arguments = new ArrayList<>(
                List.of("--topic", topic, "--bootstrap-servers", KAFKA.bootstrapServers(), "--http-port=0"));
        arguments.addAll(List.of(more));
        return start(Map.of(), arguments);
    }

    /** The rows that a process holds, each as JSON, by the key's JSON. */
    private static Map<String, String> rows(JarProcess jar) throws Exception {
        var dump = jar.get("/api/tables/" + HandMadeTopic.TABLE + "/dump");
        assertThat(dump.statusCode()).as(dump.body()).isEqualTo(200);
        var rows = new TreeMap<String, String>();
        for (var line : dump.body().lines().toList()) {
            var entry = JSON.readTree(line);
            rows.put(entry.get("key").toString(), entry.get("row").toString());
        }
        return rows;
    }

    private static void awaitRows(JarProcess jar, Map<String, String> expected) {
        await().atMost(JarProcess.PATIENCE)
                .untilAsserted(() -> assertThat(rows(jar)).isEqualTo(expected));
    }

    @Test
    void fillsTheMapShowsItAndEndsWithZeroAtSigterm() throws Exception {
        try (var topic = topic(1)) {
            for (int i = 1; i <= 1000; i++) {
                topic.put(i, "packed");
            }
            topic.delete(1000).flush();
            var arguments = List.of("--topic", topic.name(), "--bootstrap-servers", KAFKA.bootstrapServers());
            try (var jar = start(Map.of(), arguments).awaitReady()) {
                assertThat(rows(jar)).isEqualTo(topic.expected());
                await().atMost(JarProcess.PATIENCE).untilAsserted(() -> assertThat(jar.err())
                        .contains("map: STREAMING, ready, 999 rows in 1 tables")
                        .containsPattern("shop\\.parcels: 999 rows; \\{\"id\":\\d+} = \\{\"id\":\\d+,\"state\":"));

                topic.put(5000, "sent").delete(7).flush();
                awaitRows(jar, topic.expected());
                await().atMost(JarProcess.PATIENCE).untilAsserted(() -> assertThat(jar.err())
                        .contains("update shop.parcels {\"id\":5000} -> {\"id\":5000,\"state\":\"sent\"}")
                        .contains("delete shop.parcels {\"id\":7}"));
                long begin = System.nanoTime();
                assertThat(jar.terminate().awaitExit()).as(jar.err()).isZero();
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));

                assertThat(jar.err())
                        .contains("SIGTERM: finishing the batch in hand")
                        .doesNotContain("\tat ");
                assertThat(jar.out()).contains("shop.parcels", "events received");
            }
        }
    }

    @Test
    void isWholeWheneverItIsReadyHoweverOftenItWasKilled() throws Exception {
        try (var topic = topic(2)) {
            for (int i = 0; i < 500; i++) {
                topic.put(i, "0");
            }
            topic.flush();
            var groups = groups();
            var writing = new AtomicBoolean(true);
            var writer = new Thread(() -> write(topic, writing), "writer");
            writer.start();
            try {
                for (int i = 0; i < STARTS; i++) {
                    var before = flushed(topic);
                    try (var jar = read(topic.name()).awaitReady()) {
                        assertNotOlder(rows(jar), before);
                        assertThat(groups()).as("it joins no group").isEqualTo(groups);
                        jar.kill().awaitExit();
                    }
                }
            } finally {
                writing.set(false);
                writer.join();
            }
            try (var jar = read(topic.name()).awaitReady()) {
                assertThat(rows(jar)).isEqualTo(flushed(topic));
            }
        }
    }

    /** Counts every row up, one after the other; only the last row is deleted now and then. */
    private static void write(HandMadeTopic topic, AtomicBoolean writing) {
        for (int n = 1; writing.get(); n++) {
            for (int i = 0; i < 500; i++) {
                synchronized (topic) {
                    topic.put(i, Integer.toString(n));
                    if (i == 499) {
                        topic.put(1000 + n, Integer.toString(n)).delete(1000 + n);
                    }
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static Map<String, String> flushed(HandMadeTopic topic) {
        synchronized (topic) {
            return topic.flush().expected();
        }
    }

    /** Each row that was in the topic before the start is in the map, as it was then or as it became later. */
    private static void assertNotOlder(Map<String, String> rows, Map<String, String> before) throws IOException {
        assertThat(rows.keySet()).containsAll(before.keySet());
        for (var one : before.entrySet()) {
            assertThat(count(rows.get(one.getKey()))).as(one.getKey()).isGreaterThanOrEqualTo(count(one.getValue()));
        }
    }

    private static int count(String row) throws IOException {
        return JSON.readTree(row).get("state").asInt();
    }

    private static List<String> groups() throws Exception {
        try (var admin = KAFKA.admin()) {
            return admin.listGroups().all().get(20, TimeUnit.SECONDS).stream()
                    .map(group -> group.groupId())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void threeOfAGroupShareTheRowsAndTakeOverFromOneThatIsKilled() throws Exception {
        try (var topic = topic(6)) {
            for (int i = 0; i < 3000; i++) {
                topic.put(i, "v" + i);
            }
            topic.flush();
            var group = "--group=g-" + UUID.randomUUID();
            try (var first = read(topic.name(), group);
                    var second = read(topic.name(), group);
                    var third = read(topic.name(), group)) {
                awaitDisjointAndWhole(topic, first, second, third);
                assertThat(second.get("/api/tables/shop.parcels/rows/99999").body())
                        .as("a 404 lists the partitions that are held")
                        .contains("\"partitions\":[{");

                third.kill().awaitExit();
                topic.put(1, "after the kill").delete(2).flush();
                awaitDisjointAndWhole(topic, first, second);

                try (var again = read(topic.name(), group)) {
                    awaitDisjointAndWhole(topic, first, second, again);
                    first.terminate();
                    second.terminate();
                    again.terminate();
                    for (var jar : List.of(first, second, again)) {
                        assertThat(jar.awaitExit()).as(jar.err()).isZero();
                        assertThat(jar.err()).doesNotContain("\tat ");
                    }
                }
            }
        }
    }

    private static void awaitDisjointAndWhole(HandMadeTopic topic, JarProcess... members) {
        await().atMost(JarProcess.PATIENCE).ignoreExceptions().untilAsserted(() -> {
            var all = new TreeMap<String, String>();
            int sum = 0;
            for (var member : members) {
                assertThat(member.get("/readyz").statusCode()).as(member.err()).isEqualTo(200);
                var rows = rows(member);
                assertThat(rows).as("its share").isNotEmpty();
                sum += rows.size();
                all.putAll(rows);
            }
            assertThat(sum).isEqualTo(all.size());
            assertThat(all).isEqualTo(topic.expected());
        });
    }

    @Test
    void verifyFindsWhatIsPlantedAndNothingElse() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute("""
                    CREATE TABLE t (id int PRIMARY KEY, v text);
                    INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 2000) g""");
            try (var connector = ConnectPathIT.connector(database, 1, "public.t")) {
                ConnectPathIT.awaitTopics(connector, "public.t");
                try (var jar = read(connector.topic("public.t")).awaitReady()) {
                    verify(database, jar, 0, "The map equals Postgres: 2000 rows compared, both ways.");

                    plant(connector.topic("public.t"));
                    await().atMost(JarProcess.PATIENCE)
                            .until(() ->
                                    jar.get("/api/tables/public.t/rows/9999").statusCode() == 200);
                    var found = verify(database, jar, 4, "The map does not equal Postgres: 3 rows differ.");
                    assertThat(found)
                            .contains("different public.t {\"id\":7}", "\"planted\"", "\"v7\"")
                            .contains("missing public.t {\"id\":8}", "unexpected public.t {\"id\":9999}");

                    database.execute(
                            "UPDATE t SET v = 'written again' WHERE id IN (7, 8)",
                            "INSERT INTO t VALUES (9999, 'x')",
                            "DELETE FROM t WHERE id = 9999");
                    verify(database, jar, 0, "The map equals Postgres");
                    assertThat(jar.terminate().awaitExit()).as(jar.err()).isZero();
                }
            }
        }
    }

    private String verify(TestDatabase database, JarProcess jar, int exitCode, String verdict) throws Exception {
        var server = database.server();
        var arguments = List.of(
                "verify",
                "--url=" + jar.url(),
                "--pg-host=" + server.host(),
                "--pg-port=" + server.port(),
                "--pg-database=" + database.name(),
                "--pg-user=" + server.user());
        try (var verify = start(Map.of("PGPASSWORD", server.password()), arguments)) {
            assertThat(verify.awaitExit()).as(verify.out() + verify.err()).isEqualTo(exitCode);
            assertThat(verify.out()).contains(verdict);
            return verify.out();
        }
    }

    /** Writes what the connector would for one row that is changed, one that is deleted and one that is new. */
    private static void plant(String topic) throws Exception {
        var read = TopicReader.records(KAFKA.bootstrapServers(), topic).stream()
                .filter(one -> one.key().equals("{\"id\":7}"))
                .findFirst()
                .orElseThrow()
                .value();
        var seventh = LSN.matcher(read).replaceFirst(lsn -> "\"lsn\":" + (Long.parseLong(lsn.group(1)) + 1));
        var planted = seventh.replace("\"r\"", "\"u\"").replace("v7", "planted");
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            var deleted = seventh.replace("\"r\"", "\"d\"").replaceFirst(",\"after\":\\{.*}}", "}");
            var added = planted.replace("\"id\":7", "\"id\":9999");
            for (var one : List.of(
                    new ProducerRecord<>(topic, "{\"id\":7}", planted),
                    new ProducerRecord<>(topic, "{\"id\":8}", deleted),
                    new ProducerRecord<>(topic, "{\"id\":9999}", added))) {
                producer.send(one).get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void endsWithTheCodeThatSaysWhy() throws Exception {
        try (var topic = topic(1)) {
            topic.put(1, "good").raw("{\"id\":1}", "{\"broken").flush();
            try (var strict = read(topic.name(), "--on-bad-record=stop");
                    var missing = read(topic.name() + "x");
                    var wrong = read(topic.name(), "--on-bad-records=stop")) {
                assertThat(wrong.awaitExit()).isEqualTo(2);
                assertThat(wrong.err()).contains("Unknown option: '--on-bad-records=...'", "--help");

                assertThat(missing.awaitExit()).isEqualTo(3);
                assertThat(missing.err()).contains("There is no topic " + topic.name() + "x", "Correct --topic");

                assertThat(strict.awaitExit()).isEqualTo(3);
                assertThat(strict.err())
                        .contains("The record at " + topic.name() + "-0@1 cannot be read: ", "{\"broken")
                        .contains("Without --on-bad-record stop it is counted and skipped.");

                for (var jar : List.of(strict, missing, wrong)) {
                    assertThat(jar.err()).doesNotContain("\tat ");
                }
            }
        }
    }
}
