package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogSignatureIT {
    private static final String SCHEMA = """
            CREATE TYPE mood AS ENUM ('good', 'bad');
            CREATE DOMAIN moods AS mood[];
            CREATE TYPE pair AS (a int, b mood);
            CREATE TABLE t (id int PRIMARY KEY, b text, n int, m moods, p pair, r int4range);
            CREATE TABLE parts (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
            CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (100);
            CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (100) TO (200);
            CREATE TABLE loose (id int PRIMARY KEY, v text);
            INSERT INTO t VALUES (1, 'x', 1, '{good}', (1, 'bad'), '[1,2)');
            INSERT INTO parts VALUES (1, 'x'), (101, 'y');
            """;

    private TestDatabase database;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        database = TestPostgres.shared().createDatabase();
        database.execute(SCHEMA);
        connection = database.connect();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        database.close();
    }

    private TableSignature read(Connection reader, long oid) throws SQLException {
        return CatalogSignature.read(reader, List.of(oid)).get(oid);
    }

    private long oid(String table) {
        return Long.parseLong(
                database.query("SELECT '" + table + "'::regclass::oid").get(0));
    }

    private Optional<String> changeOf(String table, String... ddl) throws SQLException {
        long oid = oid(table);
        var before = read(connection, oid);
        database.execute(ddl);
        return CatalogSignature.describeChange(before, read(connection, oid));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ALTER TABLE t ADD COLUMN c numeric DEFAULT 1.50        | column c added",
                "ALTER TABLE t DROP COLUMN b                            | column b dropped",
                "ALTER TABLE t RENAME COLUMN b TO bb                    | column b renamed to bb",
                "ALTER TABLE t ALTER COLUMN b TYPE varchar(99)          | type of column b changed",
                "ALTER TABLE t ALTER COLUMN b TYPE text USING concat(b, 'x') | rows rewritten",
                "ALTER TABLE t ALTER COLUMN b TYPE text COLLATE \"C\"   | collation of column b changed",
                "ALTER TYPE mood RENAME VALUE 'good' TO 'fine'          | enum label 'good' renamed to 'fine'",
                "ALTER TYPE pair RENAME ATTRIBUTE a TO aa               | definition of the type of column p changed",
                "ALTER TYPE pair ADD ATTRIBUTE c int                    | definition of the type of column p changed",
                "ALTER TABLE t RENAME TO tt                             | table renamed to public.tt",
                "ALTER TABLE t REPLICA IDENTITY FULL                    | replica identity changed",
                "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (id, n) | key changed",
                "DROP TABLE t                                           | table dropped",
            })
    void seesEveryChangeThatSendsNoEvent(String ddl, String change) throws SQLException {
        assertThat(changeOf("t", ddl)).contains(change);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRUNCATE t",
                "VACUUM FULL t",
                "CLUSTER t USING t_pkey",
                "ANALYZE t",
                "ALTER TABLE t ALTER COLUMN b SET STATISTICS 7",
                "ALTER TABLE t ALTER COLUMN b SET DEFAULT 'x'",
                "ALTER TYPE mood ADD VALUE 'ugly' BEFORE 'bad'",
                "ALTER TABLE t ADD CHECK (id > 0)",
                "CREATE INDEX ON t (b)",
                "UPDATE t SET b = 'y'",
                "REINDEX TABLE t",
            })
    void ignoresWhatChangesNoRowWithoutAnEvent(String sql) throws SQLException {
        assertThat(changeOf("t", sql)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ALTER TABLE parts ALTER COLUMN v TYPE text USING concat(v, 'x') | rows rewritten",
                "ALTER TABLE parts DETACH PARTITION parts_low              | partition parts_low detached or dropped",
                "ALTER TABLE parts ATTACH PARTITION loose FOR VALUES FROM (200) TO (300) | partition loose added",
                "ALTER TABLE parts RENAME COLUMN v TO w                    | column v renamed to w",
            })
    void followsPartitions(String ddl, String change) throws SQLException {
        assertThat(changeOf("parts", ddl)).contains(change);
    }

    @Test
    void seesThatAPartitionAloneWasTruncatedSinceNoEventSaysSo() throws SQLException {
        assertThat(changeOf("parts", "TRUNCATE parts_low")).contains("partition parts_low truncated or rewritten");
    }

    @Test
    void showsWhatTheTransactionsSnapshotShows() throws SQLException {
        long oid = oid("t");
        try (Connection exporter = database.connect();
                Connection reader = database.connect();
                Statement export = exporter.createStatement();
                Statement read = reader.createStatement()) {
            exporter.setAutoCommit(false);
            exporter.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            String snapshot;
            try (var row = export.executeQuery("SELECT pg_export_snapshot()")) {
                row.next();
                snapshot = row.getString(1);
            }
            var before = read(connection, oid);
            database.execute(
                    "ALTER TABLE t ADD COLUMN c int DEFAULT 1", "ALTER TYPE mood RENAME VALUE 'bad' TO 'worse'");
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            read.execute("SET TRANSACTION SNAPSHOT '" + snapshot + "'");

            var seen = read(reader, oid);

            assertThat(seen).isEqualTo(before);
            assertThat(CatalogSignature.describeChange(seen, read(connection, oid)))
                    .contains("column c added, enum label 'bad' renamed to 'worse'");
        }
    }
}
