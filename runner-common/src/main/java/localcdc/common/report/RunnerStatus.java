package localcdc.common.report;

import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import localcdc.core.event.Lsn;
import localcdc.core.event.TableId;
import localcdc.core.index.TableStats;
import localcdc.core.pipeline.LastChange;
import localcdc.core.pipeline.Pipeline;

/**
 * What a runner says of itself: the object of {@code /api/status}, of {@code /readyz} and of the final report. Any thread
 * may ask; the figures are those of the moment.
 */
public final class RunnerStatus implements AutoCloseable {

    private static final DateTimeFormatter MICROS =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    private final Pipeline pipeline;
    private final Map<TableId, List<String>> leftOutColumns;
    private final List<TableId> leftOutTables;
    private final Supplier<? extends Collection<TableId>> tablesGone;
    private final Map<String, Supplier<?>> fields;
    private final EventRate rate;

    private RunnerStatus(Builder builder) {
        this.pipeline = builder.pipeline;
        this.leftOutColumns = Map.copyOf(builder.leftOutColumns);
        this.leftOutTables = List.copyOf(builder.leftOutTables);
        this.tablesGone = builder.tablesGone;
        this.fields = new LinkedHashMap<>(builder.fields);
        this.rate = new EventRate(pipeline.indexer()::events).start();
    }

    /** Begins to describe a pipeline, which need not be started yet. */
    public static Builder of(Pipeline pipeline) {
        return new Builder(pipeline);
    }

    /** What a runner adds to the fields that all runners have. For one thread. */
    public static final class Builder {
        private final Pipeline pipeline;
        private final Map<TableId, List<String>> leftOutColumns = new LinkedHashMap<>();
        private final Set<TableId> leftOutTables = new LinkedHashSet<>();
        private Supplier<? extends Collection<TableId>> tablesGone = List::of;
        private final Map<String, Supplier<?>> fields = new LinkedHashMap<>();

        private Builder(Pipeline pipeline) {
            this.pipeline = pipeline;
        }

        /**
         * Adds a field, such as {@code engine}, or replaces one that only the runner knows, such as {@code badRecords}.
         *
         * @param value asked each time, by any thread: a map, list, text, number, boolean or null
         */
        public Builder field(String name, Supplier<?> value) {
            fields.put(name, value);
            return this;
        }

        /** Names columns that the map does not hold, by table. */
        public Builder leftOutColumns(Map<TableId, List<String>> columns) {
            leftOutColumns.putAll(columns);
            return this;
        }

        /** Names tables that the map does not hold although they were selected. */
        public Builder leftOutTables(Set<TableId> tables) {
            leftOutTables.addAll(tables);
            return this;
        }

        /** Asks for tables that were captured once and cannot be any more: the map does not hold them either. */
        public Builder tablesGone(Supplier<? extends Collection<TableId>> tables) {
            tablesGone = tables;
            return this;
        }

        /** Begins to measure the rate of events. The caller closes the result. */
        public RunnerStatus build() {
            return new RunnerStatus(this);
        }
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    /** Events a second over the last five seconds, a snapshot's rows included. */
    public double eventsPerSecond() {
        return rate.perSecond();
    }

    /** The columns of a table that the map does not hold. */
    public List<String> leftOutColumns(TableId table) {
        return leftOutColumns.getOrDefault(table, List.of());
    }

    /** The tables that the map does not hold although they were selected. */
    public List<TableId> leftOutTables() {
        var all = new LinkedHashSet<>(leftOutTables);
        all.addAll(tablesGone.get());
        return List.copyOf(all);
    }

    /** The object of {@code /api/status}, for Jackson; its fields are a contract. */
    public Map<String, Object> asMap() {
        var source = pipeline.sourceStatus();
        var index = pipeline.indexer();
        var status = new LinkedHashMap<String, Object>();
        status.put("runner", pipeline.runner());
        status.put("state", pipeline.state().name());
        status.put("stateReason", pipeline.stateReason());
        status.put("ready", pipeline.isReady());
        status.put("position", Lsn.format(pipeline.position()));
        status.put("tables", tables(source.schemaChanged()));
        status.put(
                "leftOutTables", leftOutTables().stream().map(TableId::toString).toList());
        status.put("events", index.events());
        status.put("eventsPerSecond", rounded(eventsPerSecond()));
        status.put("staleIgnored", index.staleIgnored());
        status.put("badRecords", 0L);
        status.put("unavailableValues", index.reader().unavailableValues());
        status.put("lagBytes", source.lagBytes());
        status.put("heartbeatAgeSeconds", source.heartbeatAgeSeconds());
        status.put("latencyMillis", pipeline.latency().percentiles().asMap());
        status.put("latencyLastMinuteMillis", pipeline.latency().lastMinute().asMap());
        status.put("stages", pipeline.stages().asMap());
        status.put(
                "lastChange",
                pipeline.lastChange().map(RunnerStatus::lastChange).orElse(null));
        status.put("clockOffsetMillis", pipeline.clockOffsetMicros() / 1000.0);
        status.put("uptimeSeconds", rounded(pipeline.uptime().toMillis() / 1000.0));
        status.put(
                "schemaChanged",
                source.schemaChanged().stream().map(TableId::toString).toList());
        status.put("details", source.details());
        fields.forEach((name, value) -> status.put(name, value.get()));
        return status;
    }

    private static Map<String, Object> lastChange(LastChange last) {
        var change = new LinkedHashMap<String, Object>();
        change.put("table", last.table().toString());
        change.put("op", last.operation().label());
        change.put("lsn", Lsn.format(last.lsn()));
        change.put("commitTime", last.commitTime() == null ? null : MICROS.format(last.commitTime()));
        change.put("stagesMillis", last.stagesMillis());
        change.put("totalMillis", last.totalMillis());
        return change;
    }

    /** The object of {@code /readyz}: how far the start, or the recovery, has come. */
    public Map<String, Object> progress() {
        var source = pipeline.sourceStatus();
        var progress = new LinkedHashMap<String, Object>();
        progress.put("ready", pipeline.isReady());
        progress.put("state", pipeline.state().name());
        progress.put("stateReason", pipeline.stateReason());
        progress.put("position", Lsn.format(pipeline.position()));
        progress.put("events", pipeline.indexer().events());
        progress.put("lagBytes", source.lagBytes());
        progress.put("details", source.details());
        return progress;
    }

    private List<Map<String, Object>> tables(Set<TableId> schemaChanged) {
        var tables = new ArrayList<Map<String, Object>>();
        for (TableStats stats : pipeline.reader().tables()) {
            var table = new LinkedHashMap<String, Object>();
            table.put("table", stats.table().toString());
            table.put("pathForm", stats.table().pathForm());
            table.put("size", stats.size());
            table.put("reads", stats.reads());
            table.put("creates", stats.creates());
            table.put("updates", stats.updates());
            table.put("deletes", stats.deletes());
            table.put("truncates", stats.truncates());
            table.put("bytes", stats.bytes());
            table.put("schemaChanged", schemaChanged.contains(stats.table()));
            table.put("leftOut", leftOutColumns(stats.table()));
            tables.add(table);
        }
        return tables;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    @Override
    public void close() {
        rate.close();
    }
}
