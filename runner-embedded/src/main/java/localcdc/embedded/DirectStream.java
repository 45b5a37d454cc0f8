package localcdc.embedded;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import localcdc.common.pg.PgSettings;
import localcdc.core.source.SourceException;
import localcdc.embedded.pgoutput.PgOutputDecoder;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes straight from the server: the slot's messages are read, decoded and applied on one thread, {@code
 * direct-stream}, and every commit that is applied is confirmed, at once where there is nothing more to read.
 *
 * <p>Closing it cuts the connection: a transaction that was not whole leaves no trace and comes again.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logical-replication.html">Logical Streaming Replication
 *     Protocol</a>
 */
final class DirectStream implements ChangeStream {

    /** How the stream shows in pg_stat_replication, and what synchronous_standby_names may name. */
    static final String APPLICATION = "localcdc_direct";

    private static final Logger LOG = LoggerFactory.getLogger(DirectStream.class);
    private static final int STATUS_EVERY_S = 1;
    private static final long STATUS_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long CONFIRM_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final PgSettings postgres;
    private final Generation generation;
    private final TransactionReader transactions;
    private final PgOutputDecoder decoder;
    private final long beganAt;
    private final Thread thread = new Thread(this::run, "direct-stream");
    private volatile Connection connection;
    private volatile boolean closing;
    private volatile End end;
    private PGReplicationStream stream;
    private long confirmed;
    private long confirmedNanos;

    private DirectStream(PgSettings postgres, Generation generation, long reached, ChangeReceiver receiver) {
        this.postgres = postgres;
        this.generation = generation;
        this.transactions = new TransactionReader(generation.tables(), reached, receiver, this::staySeen);
        this.decoder = new PgOutputDecoder(transactions);
        this.beganAt = reached;
        this.confirmed = reached;
    }

    /**
     * Begins to read the generation's slot.
     *
     * @param reached every transaction whose commit lies before this place is applied already
     */
    static ChangeStream start(PgSettings postgres, Generation generation, long reached, ChangeReceiver receiver) {
        var stream = new DirectStream(postgres, generation, reached, receiver);
        stream.thread.start();
        return stream;
    }

    private void run() {
        try (var opened = postgres.openForReplication(APPLICATION)) {
            connection = opened;
            stream = opened.unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(generation.slot())
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", quoted(generation.publication()))
                    .withSlotOption("messages", true)
                    .withStatusInterval(STATUS_EVERY_S, TimeUnit.SECONDS)
                    // It would confirm what was sent, in the middle of a transaction too; we confirm what is applied.
                    .withAutomaticFlush(false)
                    .start();
            if (wasMovedOn()) {
                end = new End("somebody else has moved slot " + generation.slot() + " on", null);
                return;
            }
            while (!closing) {
                read();
            }
            end = new End("closed", null);
        } catch (SourceException | SQLException | RuntimeException | Error e) {
            LOG.debug("the stream ends", e);
            end = closing ? new End("closed", null) : new End(e.getMessage(), e);
        }
    }

    /**
     * Whether the server would leave out changes that are not applied: it begins at the slot's place where that lies behind
     * the one that was asked for, without a word. From now on nobody else can move the slot, as we read from it.
     */
    private boolean wasMovedOn() throws SourceException, SQLException {
        try (var control = ControlSession.open(postgres)) {
            return control.slot(generation.slot()).isBeyond(beganAt);
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private void read() throws SQLException {
        ByteBuffer message = isConfirmed() ? stream.read() : stream.readPending();
        if (message == null) {
            confirm();
            return;
        }
        transactions.at(stream.getLastReceiveLSN().asLong());
        decoder.decode(message.array(), message.arrayOffset() + message.position(), message.remaining());
        if (!isConfirmed() && System.nanoTime() - confirmedNanos >= CONFIRM_EVERY_NANOS) {
            confirm();
        }
    }

    /** A sign of life, five times a second at most: the server ends a stream that is silent for long. */
    private void staySeen() {
        if (System.nanoTime() - confirmedNanos < STATUS_EVERY_NANOS) {
            return;
        }
        confirmedNanos = System.nanoTime();
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            // The next read says so, too.
            LOG.debug("no sign of life", e);
        }
    }

    private boolean isConfirmed() {
        return confirmed == transactions.applied();
    }

    /** Tells the server what is applied: it may recycle its log, and a commit that waits for us goes on. */
    private void confirm() throws SQLException {
        confirmed = transactions.applied();
        confirmedNanos = System.nanoTime();
        var applied = LogSequenceNumber.valueOf(confirmed);
        stream.setFlushedLSN(applied);
        stream.setAppliedLSN(applied);
        stream.forceUpdateStatus();
    }

    @Override
    public boolean isApplying() {
        return transactions.isApplying();
    }

    @Override
    public End end() {
        return end;
    }

    @Override
    public void close(Duration grace) throws InterruptedException {
        closing = true;
        var open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("closing the stream", e);
            }
        }
        thread.join(grace.toMillis());
        if (thread.isAlive() && !isApplying()) {
            LOG.warn("The stream did not end within {} s; its thread is left to end by itself.", grace.toSeconds());
        }
    }
}
