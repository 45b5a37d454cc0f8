package localcdc.lab.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import localcdc.common.pg.PgSettings;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.SlotRemoval;
import localcdc.lab.SamplePostgres;
import localcdc.stack.LocalPostgres;

/** The Postgres that is measured with. For one thread; the caller closes it. */
public final class BenchServer implements AutoCloseable {

    /** So that neither checkpoints nor vacuum fall into one variant's time and not into another's. */
    private static final Map<String, String> SETTINGS = Map.of(
            "autovacuum", "off",
            "checkpoint_timeout", "1h",
            "max_wal_size", "16GB",
            "max_slot_wal_keep_size", "-1",
            "shared_buffers", "512MB",
            // A stream that is held back for a measurement says nothing for minutes.
            "wal_sender_timeout", "0");

    private static final Duration READER_ENDS = Duration.ofSeconds(5);

    private final LocalPostgres postgres;
    private final Connection connection;

    private BenchServer(LocalPostgres postgres, Connection connection) {
        this.postgres = postgres;
        this.connection = connection;
    }

    /** Starts it, with an empty table. */
    public static BenchServer start() throws SourceException, SQLException {
        var postgres = SamplePostgres.startEmpty(0, SETTINGS);
        boolean started = false;
        try {
            var connection = SamplePostgres.connect(postgres);
            BenchTable.create(connection);
            started = true;
            return new BenchServer(postgres, connection);
        } finally {
            if (!started) {
                postgres.close();
            }
        }
    }

    public PgSettings settings() {
        return SamplePostgres.settings(postgres);
    }

    /** The server's one connection for everything that is not measured. */
    public Connection connection() {
        return connection;
    }

    /** Another connection, which the caller closes. */
    public Connection connect() throws SQLException {
        return SamplePostgres.connect(postgres);
    }

    public String version() throws SQLException {
        return ask("SELECT current_setting('server_version')");
    }

    /** The end of the log, as text. */
    String logEnd() throws SQLException {
        return ask("SELECT pg_current_wal_insert_lsn()::text");
    }

    void createSlot(String name) throws SQLException {
        ask("SELECT slot_name FROM pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
    }

    /** Drops a slot, if there is one; whoever still reads from it is ended. */
    public void dropSlot(String name) throws SQLException {
        SlotRemoval.endReader(connection, name, READER_ENDS);
        SlotRemoval.drop(connection, name);
    }

    private String ask(String question) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(question)) {
            result.next();
            return result.getString(1);
        }
    }

    @Override
    public void close() throws SQLException {
        try (postgres) {
            connection.close();
        }
    }
}
