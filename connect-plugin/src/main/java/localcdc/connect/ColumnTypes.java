package localcdc.connect;

import io.debezium.spi.converter.RelationalColumn;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import localcdc.core.value.ColumnInfo;
import localcdc.core.value.PgType;
import org.apache.kafka.common.config.ConfigException;

/**
 * Finds a column's type: built-in ones by the oid that Debezium reports, others from configuration, by the same oid, or from the
 * catalog. An entry for the column whose oid is another one is out of date, after ALTER TYPE, and is not used. For one thread.
 *
 * <p>The text is {@code table.column=oid:type} for each column, joined by {@code ;}, each part percent-encoded.
 */
public final class ColumnTypes {

    private static final long UNKNOWN_OID = 0;
    private static final Set<String> EXTENSION_TEXTS = Set.of(
            "ltree",
            "lquery",
            "ltxtquery",
            "cube",
            "seg",
            "isbn",
            "isbn13",
            "ismn",
            "ismn13",
            "issn",
            "issn13",
            "ean13",
            "upc",
            "vector",
            "halfvec",
            "sparsevec");

    private record Entry(long oid, PgType type) {}

    private final Map<String, Entry> byColumn = new HashMap<>();
    private final Map<Long, PgType> byOid = new HashMap<>();
    private TypeLookup catalog;

    private ColumnTypes() {}

    static ColumnTypes none() {
        return new ColumnTypes();
    }

    static ColumnTypes parse(String text) {
        var types = new ColumnTypes();
        for (var entry : text.split(";", -1)) {
            if (!entry.isBlank()) {
                types.addEntry(entry.strip());
            }
        }
        return types;
    }

    private void addEntry(String entry) {
        var equals = entry.indexOf('=');
        var colon = entry.indexOf(':', equals);
        if (equals < 0 || colon < 0) {
            throw new ConfigException("Column types: '" + entry + "' is not table.column=oid:type");
        }
        try {
            var oid = Long.parseLong(entry.substring(equals + 1, colon));
            var type = PgType.parse(decoded(entry.substring(colon + 1)));
            byColumn.put(decoded(entry.substring(0, equals)), new Entry(oid, type));
            if (oid != UNKNOWN_OID) {
                byOid.put(oid, type);
            }
        } catch (IllegalArgumentException e) {
            var refused = new ConfigException("Column types: '" + entry + "' cannot be read: " + e.getMessage());
            refused.initCause(e);
            throw refused;
        }
    }

    /** Makes it ask the catalog for every type that is neither built in nor configured. */
    void lookUpIn(TypeLookup types) {
        catalog = types;
    }

    PgType typeOf(RelationalColumn column) {
        // oids are unsigned, Debezium's ints are not.
        var oid = Integer.toUnsignedLong(column.nativeType());
        var entry = byColumn.get(column.dataCollection() + "." + column.name());
        if (entry != null && (entry.oid == oid || entry.oid == UNKNOWN_OID)) {
            return entry.type;
        }
        return PgType.builtIn(oid)
                .or(() -> Optional.ofNullable(byOid.get(oid)))
                .or(() -> catalog == null ? Optional.empty() : catalog.type(oid))
                .or(() -> byName(column))
                .orElseGet(() -> PgType.unsupported("type " + column.typeName() + " (oid " + oid + ") is not known"));
    }

    /** Types that are simply text wherever they come from, and those two extensions' that are not. */
    private static Optional<PgType> byName(RelationalColumn column) {
        if (column.jdbcType() == Types.VARCHAR) {
            // The driver reports enums so.
            return Optional.of(PgType.other());
        }
        var name = column.typeName().toLowerCase(Locale.ROOT);
        if (name.startsWith("_")) {
            return extensionType(name.substring(1)).map(element -> PgType.array(element, ','));
        }
        return extensionType(name);
    }

    private static Optional<PgType> extensionType(String name) {
        if (name.equals("hstore") || name.equals("citext")) {
            return PgType.scalar(name);
        }
        return EXTENSION_TEXTS.contains(name) ? Optional.of(PgType.other()) : Optional.empty();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Makes the text. Tables are named as Debezium names them: {@code schema.table}, unquoted. */
    public static final class Builder {

        private final StringJoiner text = new StringJoiner(";");

        /** Adds a column as {@link localcdc.core.value.PgTypeReader} read it. */
        public Builder add(String table, ColumnInfo column) {
            return add(table, column.name(), column.baseTypeOid(), column.type());
        }

        /** Adds a column whose type is used whatever oid Debezium reports. */
        public Builder add(String table, String column, PgType type) {
            return add(table, column, UNKNOWN_OID, type);
        }

        private Builder add(String table, String column, long oid, PgType type) {
            text.add(encoded(table + "." + column) + "=" + oid + ":" + encoded(type.toString()));
            return this;
        }

        public String text() {
            return text.toString();
        }

        private static String encoded(String part) {
            return URLEncoder.encode(part, StandardCharsets.UTF_8);
        }
    }
}
