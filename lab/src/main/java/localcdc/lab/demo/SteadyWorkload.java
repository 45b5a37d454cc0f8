package localcdc.lab.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes rows at a steady pace, which may be changed while it runs, whatever the readers do, on a thread of its own. A database that goes away is waited
 * for.
 */
final class SteadyWorkload implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SteadyWorkload.class);
    private static final int LARGEST_TRANSACTION = 100;
    private static final long RETRY_MILLIS = 500;
    /** How soon it sees that somebody wants another pace. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long JOIN_MILLIS = 10_000;
    private static final String UNIQUE_VIOLATION = "23505";

    private final ConnectionFactory connections;
    private final WorkloadPlan plan;
    private final AtomicLong burst = new AtomicLong();
    private final List<Integer> ids = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "workload");
    private volatile String problem = "";
    private volatile Pace pace;
    private volatile long made;

    /** Opens a connection to change rows with. */
    @FunctionalInterface
    interface ConnectionFactory {
        Connection open() throws SQLException;
    }

    SteadyWorkload(ConnectionFactory connections, WorkloadPlan plan, Pace pace) {
        this.connections = connections;
        this.plan = plan;
        this.pace = pace;
    }

    /** Begins; without effect after {@link #stop}. */
    void start() {
        thread.start();
    }

    /** How it goes. */
    Pace pace() {
        return pace;
    }

    /** Goes so from now on. Any thread. */
    void pace(Pace next) {
        pace = next;
    }

    /** Makes so many changes besides, as fast as it can; also while it is paused. Any thread. */
    void burst(int changes) {
        burst.addAndGet(changes);
    }

    /** How many changes of bursts are still to be made. */
    long burstLeft() {
        return burst.get();
    }

    /** How many changes it has made. */
    long made() {
        return made;
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
        while (!isStopping()) {
            var now = pace;
            if (burst.get() > 0) {
                int steps = (int) Math.min(burst.get(), LARGEST_TRANSACTION);
                change(session, now, steps);
                burst.addAndGet(-steps);
            } else if (now.paused() || now.rate() == 0) {
                pause(LOOK_NANOS);
            } else {
                keep(session, now);
            }
        }
    }

    /** Keeps a pace for as long as nobody wants another one, or a burst. */
    private void keep(WorkloadSession session, Pace now) throws SQLException, InterruptedException {
        long began = System.nanoTime();
        long done = 0;
        while (!isStopping() && now.equals(pace) && burst.get() == 0) {
            long due = (long) ((System.nanoTime() - began) * now.rate() / 1e9) - done;
            if (due < now.transaction()) {
                long next = began + (long) ((done + now.transaction()) * 1e9 / now.rate());
                pause(Math.min(LOOK_NANOS, next - System.nanoTime()));
                continue;
            }
            // Single changes that are late go together, or a slow disk would never let them catch up.
            int steps = now.transaction() > 1 ? now.transaction() : (int) Math.min(due, LARGEST_TRANSACTION);
            change(session, now, steps);
            // What cannot be made in time is left out, so that a slow disk does not end in a burst.
            done += Math.max(steps, due - Math.max(LARGEST_TRANSACTION, now.transaction()));
        }
    }

    private void change(WorkloadSession session, Pace now, int steps) throws SQLException {
        try {
            session.run(plan, now.mix(), steps);
            long all = made + steps;
            made = all;
        } catch (SQLException e) {
            // Somebody else has taken a number of the sequence by hand: the next one will do.
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            session.rollback();
        }
    }

    private void pause(long nanos) throws InterruptedException {
        if (stopping.await(nanos, TimeUnit.NANOSECONDS)) {
            LOG.trace("asked to stop");
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
