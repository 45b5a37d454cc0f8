package localcdc.common.http;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import localcdc.common.cli.VersionText;
import localcdc.common.report.RunnerStatus;
import localcdc.common.verify.TrustCheck;
import localcdc.core.index.TableStats;
import localcdc.core.pipeline.Latency;
import localcdc.core.pipeline.Stages;
import localcdc.core.source.SourceState;
import localcdc.core.verify.VerifyReport;

/** {@code GET /metrics}: the runner's figures and the JVM's, in Prometheus' text format. Read when they are asked for. */
final class Metrics {

    /** Upper bounds of the latency's buckets, seconds. */
    private static final double[] BOUNDS = {
        0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, Double.POSITIVE_INFINITY
    };

    private final RunnerStatus status;
    private final LiveEvents events;
    private final Optional<TrustCheck> trust;
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final VersionText version = new VersionText();

    /** @param own metrics that only this runner has, under names of their own */
    Metrics(RunnerStatus status, LiveEvents events, Optional<TrustCheck> trust, List<MultiCollector> own) {
        this.status = status;
        this.events = events;
        this.trust = trust;
        registry.register((MultiCollector) this::collect);
        own.forEach(registry::register);
        JvmMetrics.builder().register(registry);
    }

    /** {@code GET /metrics}. */
    void write(Exchange exchange) throws IOException {
        var wanted = exchange.header("Accept").orElse("");
        var writer = wanted.contains("application/openmetrics-text")
                ? formats.getOpenMetricsTextFormatWriter()
                : formats.getPrometheusTextFormatWriter();
        var body = new ByteArrayOutputStream(16 * 1024);
        writer.write(body, registry.scrape());
        exchange.bytes(200, writer.getContentType(), body.toByteArray());
    }

    private MetricSnapshots collect() {
        var pipeline = status.pipeline();
        var index = pipeline.indexer();
        var source = pipeline.sourceStatus();
        var all = new ArrayList<MetricSnapshot>();
        all.add(InfoSnapshot.builder()
                .name("localcdc")
                .help("What runs here.")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of(
                                "runner",
                                pipeline.runner(),
                                "version",
                                version.version(),
                                "debezium",
                                version.debezium()))
                        .build())
                .build());
        all.add(gauge(
                "localcdc_ready", "1 once everything committed at the start is applied.", pipeline.isReady() ? 1 : 0));
        all.add(states(pipeline.state()));
        tables(all, index.reader().tables());
        all.add(counter("localcdc_events", "Events received, snapshot rows and replays included.", index.events()));
        all.add(counter("localcdc_stale_ignored", "Events the map had already.", index.staleIgnored()));
        all.add(gauge(
                "localcdc_unavailable_values",
                "Values in the map that the log did not carry.",
                index.reader().unavailableValues()));
        all.add(counter("localcdc_bad_records", "Records that could not be read.", badRecords()));
        if (source.lagBytes() != null) {
            all.add(gauge("localcdc_lag_bytes", "Write-ahead log written but not applied.", source.lagBytes()));
        }
        if (source.heartbeatAgeSeconds() != null) {
            all.add(gauge("localcdc_heartbeat_age_seconds", "Since the last heartbeat.", source.heartbeatAgeSeconds()));
        }
        if (source.details().get("slotRetainedBytes") instanceof Number retained) {
            all.add(gauge(
                    "localcdc_slot_retained_bytes",
                    "Write-ahead log that the server keeps for the runner's slot.",
                    retained));
        }
        all.add(gauge(
                "localcdc_clock_offset_seconds",
                "The database's clock minus this machine's.",
                pipeline.clockOffsetMicros() / 1e6));
        all.add(gauge(
                "localcdc_schema_changed_tables",
                "Tables whose rows may be out of date.",
                source.schemaChanged().size()));
        all.add(gauge(
                "localcdc_uptime_seconds", "Since the start.", pipeline.uptime().toMillis() / 1000.0));
        all.add(latency(pipeline.latency()));
        all.add(stages(pipeline.stages()));
        all.add(gauge("localcdc_live_clients", "Readers of /api/events.", events.clients()));
        all.add(counter(
                "localcdc_live_dropped_events",
                "Events that a reader of /api/events was too slow for.",
                events.dropped()));
        trust.flatMap(TrustCheck::latest).ifPresent(latest -> trust(all, latest));
        return new MetricSnapshots(all);
    }

    private static void trust(List<MetricSnapshot> all, TrustCheck.Result latest) {
        var verdict =
                GaugeSnapshot.builder().name("localcdc_verify_verdict").help("1 for what the last comparison came to.");
        for (var one : VerifyReport.Verdict.values()) {
            verdict.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("verdict", one.name().toLowerCase(Locale.ROOT)))
                    .value(one == latest.report().verdict() ? 1 : 0)
                    .build());
        }
        all.add(verdict.build());
        all.add(gauge(
                "localcdc_verify_differing_rows",
                "Rows that differed from Postgres at the last comparison.",
                latest.differences()));
        all.add(gauge(
                "localcdc_verify_compared_rows", "Rows that the last comparison compared.", latest.rowsCompared()));
        all.add(gauge(
                "localcdc_verify_end_timestamp_seconds",
                "When the last comparison ended, since the epoch.",
                latest.ended().toEpochMilli() / 1000.0));
        all.add(gauge(
                "localcdc_verify_duration_seconds",
                "How long the last comparison took.",
                latest.took().toMillis() / 1000.0));
    }

    private Number badRecords() {
        return status.asMap().get("badRecords") instanceof Number count ? count : 0;
    }

    private static void tables(List<MetricSnapshot> all, Iterable<TableStats> tables) {
        all.add(perTable("localcdc_table_rows", "Rows in the map.", tables, TableStats::size));
        all.add(perTable("localcdc_table_bytes", "Bytes of the rows' packed values.", tables, TableStats::bytes));
        var changes =
                CounterSnapshot.builder().name("localcdc_changes").help("Changes applied, by table and operation.");
        for (var table : tables) {
            count(changes, table, "read", TableStats::reads);
            count(changes, table, "create", TableStats::creates);
            count(changes, table, "update", TableStats::updates);
            count(changes, table, "delete", TableStats::deletes);
            count(changes, table, "truncate", TableStats::truncates);
        }
        all.add(changes.build());
    }

    private static void count(
            CounterSnapshot.Builder changes, TableStats table, String op, ToLongFunction<TableStats> value) {
        changes.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of("table", table.table().toString(), "op", op))
                .value((double) value.applyAsLong(table))
                .build());
    }

    private static MetricSnapshot perTable(
            String name, String help, Iterable<TableStats> tables, ToDoubleFunction<TableStats> value) {
        var gauge = GaugeSnapshot.builder().name(name).help(help);
        for (var table : tables) {
            gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("table", table.table().toString()))
                    .value(value.applyAsDouble(table))
                    .build());
        }
        return gauge.build();
    }

    private static MetricSnapshot states(SourceState now) {
        var gauge = GaugeSnapshot.builder().name("localcdc_state").help("1 for the state the runner is in.");
        for (var state : SourceState.values()) {
            gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("state", state.name().toLowerCase(Locale.ROOT)))
                    .value(state == now ? 1 : 0)
                    .build());
        }
        return gauge.build();
    }

    private static MetricSnapshot latency(Latency latency) {
        return HistogramSnapshot.builder()
                .name("localcdc_latency_seconds")
                .help("From the commit in Postgres to the moment the row can be read from the map.")
                .dataPoint(distribution(Labels.EMPTY, latency))
                .build();
    }

    private static MetricSnapshot stages(Stages stages) {
        var histogram = HistogramSnapshot.builder()
                .name("localcdc_stage_latency_seconds")
                .help("Where that time goes: a part of it for each stage of a change's way.");
        for (var name : stages.names()) {
            var label = name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            histogram.dataPoint(distribution(Labels.of("stage", label), stages.latency(name)));
        }
        return histogram.build();
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot distribution(Labels labels, Latency latency) {
        var micros = latency.histogram();
        var counts = LatencyBuckets.counts(
                micros,
                Arrays.stream(BOUNDS)
                        .filter(Double::isFinite)
                        .mapToLong(seconds -> Math.round(seconds * 1e6))
                        .toArray());
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, counts))
                .sum(micros.getTotalCount() == 0 ? 0 : micros.getMean() * micros.getTotalCount() / 1e6)
                .build();
    }

    private static MetricSnapshot gauge(String name, String help, Number value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(value.doubleValue())
                        .build())
                .build();
    }

    private static MetricSnapshot counter(String name, String help, Number value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value(value.doubleValue())
                        .build())
                .build();
    }
}
