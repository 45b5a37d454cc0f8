package localcdc.lab.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes rows at a steady rate, whatever the readers do, on a thread of its own. A database that goes away is waited
 * for.
 */
final class SteadyWorkload implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SteadyWorkload.class);
    private static final int LARGEST_TRANSACTION = 100;
    private static final long RETRY_MILLIS = 500;
    private static final long JOIN_MILLIS = 10_000;
    private static final String UNIQUE_VIOLATION = "23505";

    private final ConnectionFactory connections;
    private final WorkloadPlan plan;
    private final double rate;
    private final List<Integer> ids = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "workload");
    private volatile String problem = "";

    /** Opens a connection to change rows with. */
    @FunctionalInterface
    interface ConnectionFactory {
        Connection open() throws SQLException;
    }

    /** @param rate changes a second; 0: none */
    SteadyWorkload(ConnectionFactory connections, WorkloadPlan plan, double rate) {
        this.connections = connections;
        this.plan = plan;
        this.rate = rate;
    }

    /** Begins; without effect after {@link #stop}. */
    void start() {
        if (rate > 0) {
            thread.start();
        }
    }

    /** Why it makes no changes just now; empty while it does. */
    String problem() {
        return problem;
    }

    private void run() {
        try {
            while (!isStopping()) {
                try (var session = new WorkloadSession(connections.open(), ids)) {
                    problem = "";
                    change(session);
                } catch (SQLException e) {
                    problem = String.valueOf(e.getMessage());
                    LOG.debug("the workload waits for the database", e);
                    stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted", e);
        }
    }

    private void change(WorkloadSession session) throws SQLException, InterruptedException {
        long began = System.nanoTime();
        long done = 0;
        while (!isStopping()) {
            long due = (long) ((System.nanoTime() - began) * rate / 1e9) - done;
            if (due <= 0) {
                long next = began + (long) ((done + 1) * 1e9 / rate);
                stopping.await(next - System.nanoTime(), TimeUnit.NANOSECONDS);
                continue;
            }
            int steps = (int) Math.min(due, LARGEST_TRANSACTION);
            try {
                session.run(plan, steps);
            } catch (SQLException e) {
                // Somebody else has taken a number of the sequence by hand: the next one will do.
                if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                    throw e;
                }
                session.rollback();
            }
            // What cannot be made in time is left out, so that a slow disk does not end in a burst.
            done += Math.max(steps, due - LARGEST_TRANSACTION);
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    @Override
    public void close() {
        stop();
    }

    /** Finishes the transaction in hand and changes nothing from then on. May be repeated. */
    void stop() {
        stopping.countDown();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
