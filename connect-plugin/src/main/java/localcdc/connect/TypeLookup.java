package localcdc.connect;

import io.debezium.config.Configuration;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import localcdc.core.value.PgType;
import localcdc.core.value.PgTypeReader;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.RetriableException;

/** Looks types up in a database's catalog, over a connection for each that is closed again. For one thread. */
final class TypeLookup {

    private final Configuration database;
    private final Map<Long, PgType> known = new HashMap<>();

    private TypeLookup(Configuration database) {
        this.database = database;
    }

    /**
     * A lookup in this database.
     *
     * @param database named as the connector names it, without the prefix {@code database.}
     */
    static TypeLookup in(Configuration database) {
        var absent = Stream.of("hostname", "dbname", "user")
                .filter(name -> !database.hasKey(name))
                .map(name -> CanonicalConverter.DATABASE + name)
                .collect(Collectors.joining(", "));
        if (!absent.isEmpty()) {
            throw new ConfigException(
                    "The converter is to look types up in a database, but does not know where: it lacks " + absent
                            + ", each behind the converter's own prefix.");
        }
        return new TypeLookup(database);
    }

    /**
     * The type with this oid, or empty when there is none.
     *
     * @throws RetriableException when the catalog cannot be read; its cause is the SQLException
     */
    Optional<PgType> type(long oid) {
        var type = known.get(oid);
        if (type != null) {
            return Optional.of(type);
        }
        var read = read(oid);
        // A composite may get further fields and stay the same type; nothing else changes.
        read.filter(found -> !contains(found, PgType.Kind.ROW)).ifPresent(found -> known.put(oid, found));
        return read;
    }

    private Optional<PgType> read(long oid) {
        try (var server = new ServerConnection(database, "localcdc types")) {
            return new PgTypeReader(server.open()).typeIfThere(oid);
        } catch (SQLException e) {
            throw new RetriableException(
                    "The type with oid " + oid + " could not be looked up in the catalog of "
                            + database.getString("dbname")
                            + " at " + database.getString("hostname") + ":" + database.getString("port", "5432") + ": "
                            + e.getMessage() + ". The converter needs the connector's own database settings.",
                    e);
        }
    }

    private static boolean contains(PgType type, PgType.Kind kind) {
        return switch (type.kind()) {
            case ARRAY, VECTOR -> contains(type.element(), kind);
            default -> type.kind() == kind;
        };
    }
}
