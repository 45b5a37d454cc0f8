package localcdc.common.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import localcdc.common.TestSource;
import localcdc.common.cli.LogEvents;
import localcdc.common.cli.TextFormat;
import localcdc.core.event.Operation;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;
import localcdc.core.index.HashMapIndexer;
import localcdc.core.pipeline.Pipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ReportTest {

    private static final RowShape CUSTOMERS =
            new RowShape(new TableId("inventory", "customers"), List.of("id", "name"), 0);

    private final TestSource source = new TestSource();
    private final Pipeline pipeline = new Pipeline("embedded", source, new HashMapIndexer());
    private final RunnerStatus status = RunnerStatus.of(pipeline).build();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("localcdc.common.report");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            var line = new StringBuilder(event.getFormattedMessage());
            if (event.getKeyValuePairs() != null) {
                event.getKeyValuePairs()
                        .forEach(pair ->
                                line.append(' ').append(pair.key).append('=').append(pair.value));
            }
            lines.add(line.toString());
        }
    };

    @BeforeEach
    void start() throws Exception {
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        pipeline.start();
        source.snapshot(Map.of(CUSTOMERS, List.of(List.of("1", "\"" + "é".repeat(10_000) + "\""))));
    }

    @AfterEach
    void stop() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        status.close();
    }

    private void update(int times) {
        for (int i = 0; i < times; i++) {
            source.change(Operation.UPDATE, CUSTOMERS, i, "1", "\"" + i + "\"");
        }
    }

    @Test
    void logsEveryEventWhenAskedForAll() {
        try (var log = EventLog.start(pipeline, LogEvents.ALL)) {
            assertThat(log).isNotNull();
            update(15_000);
        }

        assertThat(lines).hasSize(15_000);
        assertThat(lines.get(0))
                .isEqualTo("update inventory.customers {\"id\":1} -> {\"id\":1,\"name\":\"0\"} lsn=0/3E9 tx=0");
    }

    @Test
    void samplesTwentyASecondAndSaysHowManyItLeftOut() {
        var clock = new AtomicLong();
        try (var log = new EventLog(pipeline, LogEvents.SAMPLED, clock::get)) {
            assertThat(log).isNotNull();
            update(1000);
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
            update(1000);
        }

        assertThat(lines.stream().filter(line -> line.startsWith("update"))).hasSize(40);
        assertThat(lines.stream()
                        .filter(line -> line.contains("more events were not shown"))
                        .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
                        .sum())
                .isEqualTo(2000 - 40);
    }

    @Test
    void saysHowManyWereLeftOutAlsoWhenNothingFollows() {
        try (var log = EventLog.start(pipeline, LogEvents.SAMPLED)) {
            assertThat(log).isNotNull();
            update(21);
            await().untilAsserted(() -> assertThat(lines.get(lines.size() - 1)).startsWith("1 more events"));
        }
    }

    @Test
    void logsNothingWhenAskedForNone() {
        try (var log = EventLog.start(pipeline, LogEvents.NONE)) {
            assertThat(log).isNotNull();
            update(10);
        }

        assertThat(lines).isEmpty();
    }

    @Test
    void reportsSizesAndSamplesCutToAReadableLength() {
        try (var report = PeriodicReport.start(status, Duration.ofMillis(10))) {
            assertThat(report).isNotNull();
            await().until(() -> lines.size() >= 2);
        }

        assertThat(lines.get(0))
                .startsWith("map: STREAMING, ready, 1 rows in 1 tables, ")
                .contains("42 bytes behind");
        assertThat(lines.get(1))
                .startsWith("  inventory.customers: 1 rows; {\"id\":1} = {\"id\":1,\"name\":\"éé")
                .endsWith("... (20018 bytes)")
                .hasSizeLessThan(300);
    }

    @Test
    void neverReportsWhenAskedForZero() {
        try (var report = PeriodicReport.start(status, Duration.ZERO)) {
            assertThat(report).isNotNull();
            assertThat(lines).isEmpty();
        }
    }

    @Test
    void endsWithAReportOfEitherForm() throws Exception {
        update(3);

        assertThat(FinalReport.of(status, TextFormat.TEXT))
                .contains("inventory.customers: 1 rows")
                .contains("4 events received, 0 of them replays; applied up to 0/3EB");
        var tree = new ObjectMapper().readTree(FinalReport.of(status, TextFormat.JSON));
        assertThat(tree.get("tables").get(0).get("updates").asInt()).isEqualTo(3);
    }

    @Test
    void measuresTheRateOfTheLastFiveSeconds() {
        var clock = new AtomicLong();
        var count = new AtomicLong();
        try (var rate = new EventRate(count::get, clock::get)) {
            assertThat(rate.perSecond()).isZero();
            for (int second = 0; second < 20; second++) {
                clock.addAndGet(1_000_000_000L);
                count.addAndGet(second < 10 ? 0 : 100);
                rate.look();
            }
            assertThat(rate.perSecond()).isEqualTo(100);
        }
    }
}
