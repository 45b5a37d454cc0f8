package localcdc.common.verify;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import localcdc.common.pg.PgSettings;
import localcdc.common.verify.TableSql.KeyColumn;
import localcdc.core.event.TableId;
import localcdc.core.value.NumberRule;
import localcdc.core.verify.PostgresCut;
import localcdc.core.verify.PostgresRow;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.UndecidedException.Scope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One table in one REPEATABLE READ transaction. For one thread. */
final class JdbcCut implements PostgresCut {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcCut.class);
    private static final int BATCH_ROWS = 1000;
    /** The large rows that are in memory at once have no more bytes together, unless one alone has. */
    private static final int LARGE_BATCH_BYTES = 4 << 20;

    /**
     * Settings for the transaction. Row-level security fails rather than hides. A lock is waited for in vain for a short
     * time only, since others queue behind whoever waits.
     */
    private static final List<String> SETTINGS = List.of(
            "SET LOCAL row_security = off",
            "SET LOCAL statement_timeout = 0",
            "SET LOCAL idle_in_transaction_session_timeout = 0",
            "SET LOCAL lock_timeout = '2s'",
            "SET LOCAL jit = off");

    private static final String PLAIN_NULL_CHARACTER = "(^|[^\\\\])(\\\\\\\\)*\\\\u0000";
    private static final String NESTED_NULL_CHARACTER = "\\\\u0000";

    private final PgSettings settings;
    private final Connection connection;
    private final TableId table;
    private final String snapshot;
    private final long xmin;
    private final long xmax;
    private final TableCatalog catalog;

    private JdbcCut(PgSettings settings, Connection connection, TableId table, String snapshot, TableCatalog catalog) {
        this.settings = settings;
        this.connection = connection;
        this.table = table;
        this.snapshot = snapshot;
        var parts = snapshot.split(":", -1);
        this.xmin = Long.parseUnsignedLong(parts[0]);
        this.xmax = Long.parseUnsignedLong(parts[1]);
        this.catalog = catalog;
    }

    /** Begins a transaction; the caller closes the connection if this fails. */
    static JdbcCut begin(PgSettings settings, Connection connection, TableId table, List<String> leftOut)
            throws SQLException, UndecidedException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            for (var setting : SETTINGS) {
                statement.execute(setting);
            }
            // Before the snapshot: a TRUNCATE or a rewrite between the snapshot and the first read would show an empty
            // table.
            // This lock, which every SELECT takes, stops no reader and no writer of rows.
            statement.execute("LOCK TABLE " + table.quoted() + " IN ACCESS SHARE MODE");
            try (var row = statement.executeQuery("SELECT pg_catalog.pg_current_snapshot()::text")) {
                if (!row.next()) {
                    throw new SQLException("pg_current_snapshot() gave no row");
                }
                var snapshot = row.getString(1);
                var catalog = TableCatalog.read(connection, table, leftOut);
                if (catalog.sql().usesIndex()) {
                    preferIndex(connection);
                }
                return new JdbcCut(settings, connection, table, snapshot, catalog);
            }
        }
    }

    /** Few keys are looked up in what may be a large table: whatever the statistics say, by its index. */
    private static void preferIndex(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET LOCAL enable_hashjoin = off");
            statement.execute("SET LOCAL enable_mergejoin = off");
        }
    }

    @Override
    public String snapshot() {
        return snapshot;
    }

    @Override
    public List<String> keyColumns() {
        return catalog.sql().key().stream().map(KeyColumn::name).toList();
    }

    @Override
    public Map<String, NumberRule> numberRules() {
        return catalog.numberRules();
    }

    @Override
    public void scan(BatchHandler handler) throws UndecidedException {
        try (var statement = connection.prepareStatement(catalog.sql().scan())) {
            statement.setFetchSize(BATCH_ROWS);
            try (var rows = statement.executeQuery()) {
                var batch = new Batch(handler);
                while (batch.wantsMore() && rows.next()) {
                    batch.add(rows.getString(1), rows);
                }
                batch.flush();
            }
        } catch (SQLException e) {
            throw explain(e);
        }
    }

    @Override
    public void lookUp(List<String> keys, BatchHandler handler) throws UndecidedException {
        try (var statement = asking(catalog.sql().lookUp(), keys);
                var rows = statement.executeQuery()) {
            var batch = new Batch(handler);
            while (batch.wantsMore() && rows.next()) {
                batch.add(keys.get(rows.getInt(1) - 1), rows);
            }
            batch.flush();
        } catch (SQLException e) {
            throw explain(e);
        }
    }

    @Override
    public Set<String> existing(List<String> keys) throws UndecidedException {
        var existing = new HashSet<String>();
        if (keys.isEmpty()) {
            return existing;
        }
        try (var statement = asking(catalog.sql().existing(), keys);
                var rows = statement.executeQuery()) {
            while (rows.next()) {
                existing.add(keys.get(rows.getInt(1) - 1));
            }
            return existing;
        } catch (SQLException e) {
            throw explain(e);
        }
    }

    private PreparedStatement asking(String sql, List<String> keys) throws SQLException {
        var statement = connection.prepareStatement(sql);
        statement.setString(1, "[" + String.join(",", keys) + "]");
        return statement;
    }

    /**
     * Whether a visible row's xmax is of a transaction that may have been in progress when the snapshot was taken. One that
     * began later cannot have changed what the map was then.
     */
    private boolean mayBeChanging(String rowXmax) {
        long id = Long.parseLong(rowXmax);
        return id != 0 && (int) (id - xmin) >= 0 && (int) (id - xmax) < 0;
    }

    private UndecidedException explain(SQLException e) {
        if (!SqlProblem.UNTRANSLATABLE.equals(e.getSQLState())) {
            return SqlProblem.of(settings, table, e);
        }
        return new UndecidedException(
                Scope.TABLE,
                "Postgres cannot print all of table " + table + " as jsonb, since a json value contains \\u0000"
                        + whereNullCharacter() + ".",
                "Change that value, or leave the column out: --leave-out " + table + ".COLUMN for the runner.",
                e);
    }

    /** The first row that has the escape, as part of a sentence. */
    private String whereNullCharacter() {
        try {
            connection.rollback();
            for (var column : catalog.jsonColumns().entrySet()) {
                try (var statement = connection.prepareStatement(catalog.sql().withPattern(column.getKey()))) {
                    statement.setString(1, column.getValue() ? PLAIN_NULL_CHARACTER : NESTED_NULL_CHARACTER);
                    try (var row = statement.executeQuery()) {
                        if (row.next()) {
                            return ": column " + TableId.quote(column.getKey()) + " of the row with key "
                                    + row.getString(1);
                        }
                    }
                }
            }
            return "";
        } catch (SQLException e) {
            LOG.debug("the row was not found", e);
            return "";
        }
    }

    @Override
    public void close() {
        try {
            if (!connection.isClosed()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            LOG.debug("the transaction was not ended cleanly", e);
            try {
                connection.close();
            } catch (SQLException again) {
                LOG.debug("the connection was not closed cleanly", again);
            }
        }
    }

    /** Collects rows until there are enough, small ones and large ones by themselves. */
    private final class Batch {

        private final BatchHandler handler;
        private final Map<String, PostgresRow> largeByPlace = new LinkedHashMap<>();
        private final List<String> oids = new ArrayList<>();
        private final List<String> ctids = new ArrayList<>();
        private List<PostgresRow> rows = new ArrayList<>();
        private long largeBytes;
        private boolean wantsMore = true;

        Batch(BatchHandler handler) {
            this.handler = handler;
        }

        boolean wantsMore() {
            return wantsMore;
        }

        /** Takes size, JSON, place and xmax from the columns behind the first. */
        void add(String key, ResultSet row) throws SQLException, UndecidedException {
            int bytes = row.getInt(2);
            var json = row.getString(3);
            boolean changing = mayBeChanging(row.getString(6));
            if (json != null) {
                rows.add(new PostgresRow(key, json, changing));
                if (rows.size() == BATCH_ROWS) {
                    deliver(rows);
                    rows = new ArrayList<>();
                }
                return;
            }
            if (largeBytes > 0 && largeBytes + bytes > LARGE_BATCH_BYTES) {
                deliverLarge();
            }
            var oid = row.getString(4);
            var ctid = row.getString(5);
            oids.add(oid);
            ctids.add(ctid);
            largeByPlace.put(oid + ctid, new PostgresRow(key, null, changing));
            largeBytes += bytes;
        }

        void flush() throws SQLException, UndecidedException {
            deliverLarge();
            deliver(rows);
        }

        private void deliver(List<PostgresRow> some) throws UndecidedException {
            if (!some.isEmpty() && wantsMore) {
                wantsMore = handler.rows(some);
            }
        }

        private void deliverLarge() throws SQLException, UndecidedException {
            if (ctids.isEmpty() || !wantsMore) {
                return;
            }
            var large = new ArrayList<PostgresRow>();
            try (var statement = connection.prepareStatement(catalog.sql().large())) {
                var places = connection.createArrayOf("text", ctids.toArray());
                statement.setArray(1, places);
                statement.setArray(2, connection.createArrayOf("text", oids.toArray()));
                statement.setArray(3, places);
                try (var found = statement.executeQuery()) {
                    while (found.next()) {
                        var asked = largeByPlace.remove(found.getString(1));
                        large.add(new PostgresRow(asked.key(), found.getString(2), asked.changing()));
                    }
                }
            }
            if (!largeByPlace.isEmpty()) {
                throw new SQLException("rows of one snapshot were not found again at their places");
            }
            oids.clear();
            ctids.clear();
            largeBytes = 0;
            deliver(large);
        }
    }
}
