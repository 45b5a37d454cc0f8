package localcdc.embedded;

import io.debezium.connector.postgresql.BriefSourceInfoStructMaker;
import java.util.Collection;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import localcdc.connect.CanonicalConverter;
import localcdc.connect.ColumnTypes;
import localcdc.connect.LastEventWithoutKey;
import localcdc.core.event.TableId;

/** The Debezium engine's properties; no other class spells their names. Each is explained in docs/reference/engine.md. */
final class EngineSettings {

    /** The prefix of the logical messages that heartbeats and markers are. */
    static final String MESSAGE_PREFIX = "localcdc";

    /** Properties that a user may not set: the runner's own snapshot, slot and values depend on them. */
    static final Set<String> OWNED = Set.of(
            "connector.class",
            "plugin.name",
            "slot.name",
            "slot.drop.on.stop",
            "publication.name",
            "publication.autocreate.mode",
            "snapshot.mode",
            "offset.storage",
            "table.include.list",
            "table.exclude.list",
            "column.include.list",
            "column.exclude.list",
            "message.prefix.include.list",
            "message.prefix.exclude.list",
            "skipped.operations",
            "name",
            "topic.prefix",
            "database.hostname",
            "database.port",
            "database.dbname",
            "database.user",
            "database.sslmode",
            "driver.options",
            "replica.identity.autoset.values",
            "record.processing.order",
            "record.processing.threads",
            "canonical.type",
            "canonical.columns",
            "event.converting.failure.handling.mode",
            "event.processing.failure.handling.mode",
            "converters",
            "sourceinfo.struct.maker",
            "include.unknown.datatypes",
            "queue.provider.type",
            "max.queue.size.in.bytes",
            "errors.max.retries",
            "transforms");

    private static final Pattern POSITIVE = Pattern.compile("[1-9][0-9]{0,8}");

    private EngineSettings() {}

    static Properties of(EmbeddedSettings settings, String slot, String publication, Collection<CapturedShape> tables) {
        var p = new Properties();
        var postgres = settings.postgres();
        p.setProperty("name", slot);
        p.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        p.setProperty("topic.prefix", settings.topicPrefix());

        p.setProperty("database.hostname", postgres.host());
        p.setProperty("database.port", Integer.toString(postgres.port()));
        p.setProperty("database.dbname", postgres.database());
        p.setProperty("database.user", postgres.user());
        if (postgres.password() != null) {
            p.setProperty("database.password", postgres.password());
        }
        p.setProperty("database.sslmode", postgres.sslMode().label());
        p.setProperty("driver.options", CanonicalConverter.DRIVER_OPTIONS);

        // The runner has made slot and publication and has read the snapshot; the engine only streams.
        p.setProperty("plugin.name", "pgoutput");
        p.setProperty("slot.name", slot);
        p.setProperty("slot.drop.on.stop", "false");
        p.setProperty("publication.name", publication);
        p.setProperty("publication.autocreate.mode", "disabled");
        p.setProperty("snapshot.mode", "no_data");
        p.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        p.setProperty("offset.flush.interval.ms", "1000");

        p.setProperty("table.include.list", includeList(tables.stream().map(t -> t.table()
                .id())));
        var leftOut = tables.stream()
                .flatMap(t -> t.table().leftOut().stream()
                        .map(column -> exactly(t.table().id() + "." + column)))
                .collect(Collectors.joining(","));
        if (!leftOut.isEmpty()) {
            p.setProperty("column.exclude.list", leftOut);
        }
        p.setProperty("message.prefix.include.list", MESSAGE_PREFIX);
        p.setProperty("skipped.operations", "none");
        p.setProperty("tombstones.on.delete", "false");

        // Every value arrives as its canonical JSON text, made by the converter from what the server sent.
        p.setProperty("converters", "canonical");
        p.setProperty("canonical.type", CanonicalConverter.class.getName());
        p.setProperty("canonical.columns", columnTypes(tables));
        p.setProperty("include.unknown.datatypes", "true");
        p.setProperty("event.converting.failure.handling.mode", "fail");
        p.setProperty("event.processing.failure.handling.mode", "fail");

        // Debezium's own retries are silent and drop or skip in corners; an error ends the engine and we recover.
        p.setProperty("errors.max.retries", "0");

        p.setProperty("poll.interval.ms", "4");
        p.setProperty("queue.provider.type", WholeBatchQueue.NAME);
        p.setProperty("max.batch.size", "4096");
        p.setProperty("max.queue.size", "16384");
        p.setProperty("record.processing.threads", "1");
        p.setProperty("record.processing.order", "ORDERED");
        p.setProperty("status.update.interval.ms", "1000");
        p.setProperty("statistics.metrics.enabled", "false");
        p.setProperty(LastEventWithoutKey.PROPERTY, "true");
        p.setProperty("sourceinfo.struct.maker", BriefSourceInfoStructMaker.class.getName());
        p.putAll(settings.debezium());
        batchByQueue(p);
        return p;
    }

    /** Our queue makes the batches, each a single record to Debezium; a size that is no number is left to Debezium to refuse. */
    private static void batchByQueue(Properties p) {
        var size = p.getProperty("max.batch.size");
        if (POSITIVE.matcher(size).matches()) {
            p.setProperty(WholeBatchQueue.MAX_RECORDS, size);
            p.setProperty("max.batch.size", "1");
        }
    }

    private static String includeList(java.util.stream.Stream<TableId> tables) {
        return tables.map(table -> exactly(table.toString())).collect(Collectors.joining(","));
    }

    /** A regular expression that matches nothing but {@code name}; commas would end an entry of the list. */
    private static String exactly(String name) {
        var out = new StringBuilder();
        name.codePoints().forEach(c -> {
            if (c == ',') {
                out.append("\\x2c");
            } else if (Character.isLetterOrDigit(c) || c == '_') {
                out.appendCodePoint(c);
            } else {
                out.append(Pattern.quote(Character.toString(c)));
            }
        });
        return out.toString();
    }

    private static String columnTypes(Collection<CapturedShape> tables) {
        var types = new ColumnTypes.Builder();
        for (var captured : tables) {
            captured.columns().forEach(column -> types.add(captured.table().id().toString(), column));
        }
        return types.text();
    }
}
