package localcdc.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import localcdc.common.pg.PgSettings;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;
import localcdc.core.index.Rebuild;
import localcdc.core.source.SourceException;
import localcdc.core.value.ByteSink;
import localcdc.core.value.CanonicalJson;
import localcdc.core.value.MalformedValueException;
import localcdc.embedded.server.CapturedTable;
import org.postgresql.PGConnection;

/**
 * Reads tables into a rebuild, all under one exported database snapshot, several readers at once: large tables are cut
 * into ranges of pages. Rows come as Postgres' own text by COPY and are brought to their canonical form here.
 */
final class SnapshotReader {

    /** About 64 MiB: enough work for one range to be worth its statement, small enough to share a table evenly. */
    private static final long PAGES_PER_RANGE = 8192;

    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOCK_RETRY = Duration.ofMillis(20);
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final PgSettings postgres;
    private final String snapshot;
    private final int readers;
    private final AtomicLong rows = new AtomicLong();
    private volatile boolean cancelled;

    /**
     * A reader.
     *
     * @param snapshot the exported snapshot's name; it must stay importable while this reads
     * @param readers how many connections to read with
     */
    SnapshotReader(PgSettings postgres, String snapshot, int readers) {
        this.postgres = postgres;
        this.snapshot = snapshot;
        this.readers = readers;
    }

    /** A piece of one table; {@code toPage} below zero: to the end. */
    private record Range(CapturedShape table, long fromPage, long toPage) {}

    /** Rows read so far; any thread. */
    long rows() {
        return rows.get();
    }

    /** Makes {@link #readInto} end soon; any thread. */
    void cancel() {
        cancelled = true;
    }

    /** Opens a connection whose transaction sees the snapshot and locks nothing. */
    static Connection open(PgSettings postgres, String snapshot) throws SQLException, SourceException {
        var connection = postgres.open("localcdc snapshot");
        boolean opened = false;
        try (var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            importSnapshot(statement, snapshot);
            // Rows that a policy would hide must be an error, not a hole in the map.
            statement.execute("SET LOCAL row_security = off");
            opened = true;
            return connection;
        } finally {
            if (!opened) {
                connection.close();
            }
        }
    }

    private static void importSnapshot(Statement statement, String snapshot) throws SQLException {
        try {
            statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot + "'");
        } catch (SQLException e) {
            // It lives as long as the connection that exported it: that one was cut, as if this one had been.
            throw new SQLException("The connection that holds the snapshot was lost: " + e.getMessage(), "08006", e);
        }
    }

    /**
     * Locks the tables against changes of their definitions until the transaction ends. Ordinary writers go on.
     *
     * <p>It never waits for one lock while it holds another, and so cannot be part of a deadlock with somebody's TRUNCATE
     * of several tables, of which that statement could be the victim.
     *
     * @throws SQLException 55P03 when somebody holds a stronger lock for long, or when a table is gone
     */
    static void lock(Connection connection, Collection<CapturedTable> tables)
            throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos();
        while (!tryLock(connection, tables)) {
            if (System.nanoTime() - deadline > 0) {
                throw new SQLException(
                        "Somebody has held a lock for " + LOCK_PATIENCE.toSeconds()
                                + " s that keeps the tables from being read",
                        LOCK_NOT_AVAILABLE);
            }
            // To wait in the server would be to wait with locks in hand.
            Thread.sleep(LOCK_RETRY.toMillis());
        }
    }

    /** Locks all of the tables, or none where one of them would have to be waited for. */
    private static boolean tryLock(Connection connection, Collection<CapturedTable> tables) throws SQLException {
        var none = connection.setSavepoint();
        try (var statement = connection.createStatement()) {
            for (var table : tables) {
                statement.execute("LOCK TABLE " + table.from() + " IN ACCESS SHARE MODE NOWAIT");
            }
            return true;
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                connection.rollback(none);
                return false;
            }
            if ("42P01".equals(e.getSQLState())) {
                throw new SQLException(
                        "A table went away while it was about to be read: " + e.getMessage(), LOCK_NOT_AVAILABLE, e);
            }
            throw e;
        }
    }

    /**
     * Reads every table whole.
     *
     * <p>The first reader has its locks already. The others lock before they take work; one that cannot have a lock (behind
     * a TRUNCATE that waits for the first reader) takes none, so that no reader ever waits for another.
     *
     * @param first a connection that sees the snapshot and holds the locks; closed as soon as there is no more work
     * @param lsn where the snapshot stands in the log
     * @throws SourceException when a value cannot be carried, with table and column
     */
    void readInto(Rebuild rebuild, List<CapturedShape> tables, long lsn, Connection first)
            throws SQLException, SourceException, InterruptedException {
        var now = Instant.now();
        var target = new Target(
                rebuild, lsn, SourcePosition.ofSnapshot(now.getEpochSecond() * 1_000_000 + now.getNano() / 1000));
        var work = new ConcurrentLinkedQueue<>(ranges(tables));
        var numbering = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(
                readers, task -> new Thread(task, "snapshot-" + numbering.incrementAndGet()));
        try {
            var futures = new ArrayList<Future<?>>();
            int useful = Math.min(readers, work.size());
            futures.add(pool.submit(() -> read(first, work, target)));
            for (int i = 1; i < useful; i++) {
                futures.add(pool.submit(() -> help(work, tables, target)));
            }
            for (var future : futures) {
                await(future);
            }
        } finally {
            cancelled = true;
            pool.shutdownNow();
        }
    }

    /** A further reader: reads with the others once it has the locks. */
    private Void help(Queue<Range> work, List<CapturedShape> tables, Target target)
            throws SQLException, SourceException, InterruptedException {
        var locked = tables.stream().map(CapturedShape::table).toList();
        try (var connection = open(postgres, snapshot)) {
            while (!cancelled && !work.isEmpty()) {
                if (tryLock(connection, locked)) {
                    return read(connection, work, target);
                }
                // Not in the server: the work may be done before there is a lock.
                Thread.sleep(LOCK_RETRY.toMillis());
            }
        }
        return null;
    }

    /** Takes ranges until there are no more, then ends the transaction and with it the locks. */
    private Void read(Connection connection, Queue<Range> work, Target target) throws SQLException, SourceException {
        try (connection) {
            for (Range range; !cancelled && (range = work.poll()) != null; ) {
                read(connection, range, target);
            }
        }
        return null;
    }

    /** Where rows go, and what they have in common. */
    private record Target(Rebuild rebuild, long lsn, SourcePosition position) {}

    private static void await(Future<?> future) throws SQLException, SourceException, InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException sql) {
                throw sql;
            }
            if (e.getCause() instanceof SourceException source) {
                throw source;
            }
            throw new IllegalStateException("reading the snapshot failed", e.getCause());
        }
    }

    private static List<Range> ranges(List<CapturedShape> tables) {
        var ranges = new ArrayList<Range>();
        for (var table : tables) {
            long pages = table.table().partitioned() ? 0 : table.table().estimatedPages();
            long from = 0;
            for (; from + PAGES_PER_RANGE < pages; from += PAGES_PER_RANGE) {
                ranges.add(new Range(table, from, from + PAGES_PER_RANGE));
            }
            ranges.add(new Range(table, from, -1));
        }
        return ranges;
    }

    private static String copyStatement(Range range) {
        var table = range.table.table();
        var sql = new StringBuilder("COPY (SELECT ")
                .append(table.columns().stream()
                        .map(column -> TableId.quote(column.name()))
                        .collect(Collectors.joining(", ")))
                .append(" FROM ")
                .append(table.from());
        if (range.fromPage > 0 || range.toPage >= 0) {
            sql.append(" WHERE ctid >= '(").append(range.fromPage).append(",0)'");
            if (range.toPage >= 0) {
                sql.append(" AND ctid < '(").append(range.toPage).append(",0)'");
            }
        }
        return sql.append(") TO STDOUT").toString();
    }

    private void read(Connection connection, Range range, Target target) throws SQLException, SourceException {
        var table = range.table;
        var types = table.types();
        var line = new CopyText(types.size());
        var writer = new RowWriter();
        var json = new ByteSink(256);
        var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copyStatement(range));
        int column = 0;
        try {
            for (byte[] bytes; (bytes = copy.readFromCopy()) != null; ) {
                line.read(bytes);
                writer.begin();
                for (column = 0; column < types.size(); column++) {
                    if (line.isNull(column)) {
                        writer.addNull();
                        continue;
                    }
                    json.clear();
                    CanonicalJson.append(types.get(column), line.text(), line.start(column), line.length(column), json);
                    writer.add(json.array(), 0, json.size());
                }
                var row = writer.row(table.shape());
                target.rebuild.put(table.keys().of(row), row, target.lsn, target.position);
                rows.incrementAndGet();
                if (cancelled) {
                    copy.cancelCopy();
                    return;
                }
            }
        } catch (MalformedValueException e) {
            copy.cancelCopy();
            throw new SourceException(
                    "A value in " + table.table().id() + ", column "
                            + table.shape().columns().get(column) + " cannot be carried: " + e.getMessage(),
                    "Leave the column out with --leave-out " + table.table().id() + "."
                            + table.shape().columns().get(column) + ".",
                    e);
        }
    }
}
