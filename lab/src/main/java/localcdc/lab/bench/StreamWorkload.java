package localcdc.lab.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The workload that is streamed: transactions of a hundred changes, 20 inserts, 60 updates and 20 deletes. The same
 * numbers of rows and changes give the same workload. The ids of the table's rows are always one interval that moves on:
 * the oldest rows go, new ones come, and rows from all over it are updated. Immutable.
 *
 * @param rows how many rows the table has at the beginning, and at any time; at least {@value #UPDATES}
 * @param changes how many changes there are; a multiple of a hundred
 */
public record StreamWorkload(int rows, int changes) {

    static final int INSERTS = 20;
    /** A table needs as many rows at least. */
    public static final int UPDATES = 60;

    static final int DELETES = 20;
    /** Changes come in these units. */
    public static final int CHANGES_A_TRANSACTION = INSERTS + UPDATES + DELETES;

    private static final long SCATTER = 7919;

    public StreamWorkload {
        if (rows < UPDATES || changes < CHANGES_A_TRANSACTION || changes % CHANGES_A_TRANSACTION != 0) {
            throw new IllegalArgumentException("rows " + rows + ", changes " + changes);
        }
    }

    /**
     * The ids that one transaction touches.
     *
     * @param firstInsert the first of {@value StreamWorkload#INSERTS} new ids
     * @param updates ids that are there after the inserts and stay
     * @param firstDelete the first of {@value StreamWorkload#DELETES} ids that go
     */
    public record Transaction(int firstInsert, List<Integer> updates, int firstDelete) {}

    public int transactions() {
        return changes / CHANGES_A_TRANSACTION;
    }

    /** The {@code n}th transaction, from 0 on. */
    public Transaction transaction(int n) {
        int oldest = 1 + n * DELETES;
        int stays = oldest + DELETES;
        var updates = new ArrayList<Integer>(UPDATES);
        // Steps of one stride through the interval, from a place that jumps about: no id comes twice.
        int stride = rows / UPDATES;
        int start = (int) (n * SCATTER % stride);
        for (int i = 0; i < UPDATES; i++) {
            updates.add(stays + start + i * stride);
        }
        return new Transaction(oldest + rows, updates, oldest);
    }

    /** Writes all of it to a table that {@link BenchTable#fill} has just filled. */
    public void write(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (var settings = connection.createStatement();
                var insert = connection.prepareStatement(BenchTable.INSERT_SERIES);
                var update = connection.prepareStatement(BenchTable.UPDATE_LIST);
                var delete = connection.prepareStatement(BenchTable.DELETE_SERIES)) {
            // Nothing waits for these commits: writing is not what is measured.
            settings.execute("SET synchronous_commit = off");
            for (int n = 0; n < transactions(); n++) {
                var transaction = transaction(n);
                insert.setInt(1, transaction.firstInsert());
                insert.setInt(2, transaction.firstInsert() + INSERTS - 1);
                insert.executeUpdate();
                update.setInt(1, n);
                update.setArray(
                        2,
                        connection.createArrayOf("int4", transaction.updates().toArray()));
                update.executeUpdate();
                delete.setInt(1, transaction.firstDelete());
                delete.setInt(2, transaction.firstDelete() + DELETES - 1);
                delete.executeUpdate();
                connection.commit();
            }
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
