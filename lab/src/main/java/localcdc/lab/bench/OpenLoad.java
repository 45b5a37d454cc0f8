package localcdc.lab.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;

/**
 * Updates rows at a given rate whatever the readers do: each transaction has its time, and one that is late does not put
 * off those behind it. For one thread.
 */
public final class OpenLoad implements AutoCloseable {

    private static final int SCATTER = 7919;

    private final Connection connection;
    private final PreparedStatement update;
    private final int rows;
    private int number;

    /**
     * @param connection closed with this object
     * @param rows the ids 1 to {@code rows} are there
     */
    public OpenLoad(Connection connection, int rows) throws SQLException {
        this.connection = connection;
        this.rows = rows;
        this.update = connection.prepareStatement(BenchTable.UPDATE_LIST);
    }

    /**
     * Runs for some seconds.
     *
     * @param rate changes a second
     * @return how many changes a second it has made
     */
    public double run(int rate, int changesPerTransaction, int seconds) throws SQLException {
        long transactions = (long) rate * seconds / changesPerTransaction;
        long interval = 1_000_000_000L * changesPerTransaction / rate;
        long began = System.nanoTime();
        for (long i = 0; i < transactions; i++) {
            long due = began + i * interval;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            transaction(changesPerTransaction);
        }
        return transactions * changesPerTransaction / ((System.nanoTime() - began) / 1e9);
    }

    private void transaction(int changes) throws SQLException {
        var ids = new Integer[changes];
        int start = (int) ((long) number * SCATTER % rows);
        for (int i = 0; i < changes; i++) {
            ids[i] = 1 + (start + i) % rows;
        }
        update.setInt(1, number++);
        update.setArray(2, connection.createArrayOf("int4", ids));
        update.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
