package localcdc.connect;

import io.debezium.bean.StandardBeanNames;
import io.debezium.bean.spi.BeanRegistry;
import io.debezium.bean.spi.BeanRegistryAware;
import io.debezium.processors.spi.PostProcessor;
import io.debezium.relational.RelationalDatabaseConnectorConfig;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import localcdc.core.event.TableId;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the values that the log does not carry, since they are large and unchanged, again from the table, by the row's key and
 * over a connection of its own. Without it a topic that was compacted has lost them for good.
 *
 * <p>Such a value is the row's at the time of reading, so it may be newer than its event, and belong to an event that is still to
 * come. It is marked, and {@link CanonicalRecord} lists its column under {@code reread}: a reader that holds the column's value
 * already keeps that one.
 *
 * <p>What cannot be read stays {@link CanonicalConverter#UNAVAILABLE}: the row is gone, the table has changed meanwhile, the
 * server did not answer twice. That is logged once for each table, and never ends the connector. Debezium calls it from the
 * thread that reads the log, and closes it when that has ended.
 */
public final class RereadUnchanged implements PostProcessor, BeanRegistryAware {

    private static final Logger LOG = LoggerFactory.getLogger(RereadUnchanged.class);

    /** No JSON text begins so. */
    private static final char MARK = '\u0001';

    private static final int KNOWN_TABLES = 1000;
    private static final long VISIBLE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final IdentityHashMap<Schema, RereadTable> tables = new IdentityHashMap<>();
    private final Set<TableId> told = new HashSet<>();
    private ServerConnection server;

    /** Whether this text of a column's value was read again. */
    static boolean isReread(String text) {
        return text != null && !text.isEmpty() && text.charAt(0) == MARK;
    }

    /** The JSON of a value that was read again. */
    static String value(String reread) {
        return reread.substring(1);
    }

    /** What stands in the event for a value that was read again. */
    static String marked(String json) {
        return MARK + json;
    }

    @Override
    public void configure(Map<String, ?> properties) {
        // Everything it needs to know is in the connector's configuration.
    }

    @Override
    public void injectBeanRegistry(BeanRegistry beans) {
        var connector = beans.lookupByName(StandardBeanNames.CONNECTOR_CONFIG, RelationalDatabaseConnectorConfig.class);
        server = new ServerConnection(connector.getJdbcConfig(), "localcdc reread");
    }

    @Override
    public void apply(Object key, Struct value) {
        if (!(key instanceof Struct eventKey)
                || value == null
                || value.schema().field("after") == null
                || value.schema().field("source") == null) {
            return;
        }
        var after = value.getStruct("after");
        if (after == null) {
            return;
        }
        var missing = missing(after);
        if (!missing.isEmpty()) {
            var source = value.getStruct("source");
            var table = new TableId(source.getString("schema"), source.getString("table"));
            read(table, source.getInt64("txId"), eventKey, after, missing);
        }
    }

    private static List<String> missing(Struct after) {
        List<String> missing = List.of();
        for (var field : after.schema().fields()) {
            if (CanonicalConverter.SCHEMA_NAME.equals(field.schema().name())
                    && CanonicalConverter.UNAVAILABLE.equals(after.getWithoutDefault(field.name()))) {
                missing = missing.isEmpty() ? new ArrayList<>() : missing;
                missing.add(field.name());
            }
        }
        return missing;
    }

    private void read(TableId table, Long txId, Struct key, Struct after, List<String> columns) {
        try {
            var values = readVisible(table, txId, key, after, columns);
            if (values.isEmpty()) {
                tell(table, columns, "the row is gone, or the table has changed meanwhile", null);
                return;
            }
            for (int i = 0; i < columns.size(); i++) {
                after.put(columns.get(i), marked(values.get().get(i)));
            }
        } catch (SQLException | RuntimeException e) {
            // Whatever it is, the event goes out without the value, rather than the connector ends.
            tell(table, columns, e.getMessage(), e);
        }
    }

    /**
     * A commit is in the log a moment before other sessions see it, and for long where it waits for a standby: a row whose key
     * has changed is not there until then.
     */
    private Optional<List<String>> readVisible(TableId table, Long txId, Struct key, Struct after, List<String> columns)
            throws SQLException {
        var values = readOrTryAgain(table, key, after, columns);
        long deadline = System.nanoTime() + VISIBLE_NANOS;
        boolean visible = txId == null;
        while (values.isEmpty() && !visible && System.nanoTime() < deadline) {
            // Asked before the row is read again, so that what came between the two is not missed.
            visible = VisibleTransaction.isVisible(server.open(), txId);
            values = readOrTryAgain(table, key, after, columns);
            if (values.isEmpty() && !visible) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        return values;
    }

    private Optional<List<String>> readOrTryAgain(TableId table, Struct key, Struct after, List<String> columns)
            throws SQLException {
        try {
            return readOnce(table, key, after, columns);
        } catch (SQLException e) {
            if (!isLoss(e)) {
                // The catalog may have moved on since it was asked.
                tables.remove(after.schema());
                throw e;
            }
            server.drop();
        }
        try {
            return readOnce(table, key, after, columns);
        } catch (SQLException e) {
            server.drop();
            throw e;
        }
    }

    private Optional<List<String>> readOnce(TableId name, Struct key, Struct after, List<String> columns)
            throws SQLException {
        var connection = server.open();
        var table = tables.get(after.schema());
        if (table == null) {
            var found = RereadTable.of(connection, name, key.schema());
            if (found.isEmpty()) {
                return Optional.empty();
            }
            table = found.get();
            if (tables.size() >= KNOWN_TABLES) {
                tables.clear();
            }
            tables.put(after.schema(), table);
        }
        var query = table.query(after.schema(), columns);
        if (query.isEmpty()) {
            // Ask the catalog again the next time: it may be back to what these events say.
            tables.remove(after.schema());
            return Optional.empty();
        }
        var texts = new ArrayList<String>();
        for (var field : key.schema().fields()) {
            texts.add((String) key.getWithoutDefault(field.name()));
        }
        return query.get().read(connection, texts);
    }

    /** Whether the connection is lost, or was never there: another one may do better. */
    private static boolean isLoss(SQLException e) {
        var state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P") || state.startsWith("53");
    }

    private void tell(TableId table, List<String> columns, String why, Exception cause) {
        if (told.add(table)) {
            LOG.warn(
                    "Values of {} in table {} are unchanged, so the log does not carry them, and they could not be read"
                            + " again: {}. The events say 'unavailable'. With REPLICA IDENTITY FULL the log would carry"
                            + " them. Further cases in this table are not logged.",
                    columns,
                    table,
                    why,
                    cause);
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
