package localcdc.lab.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import localcdc.lab.demo.WorkloadPlan.Step;

/**
 * Does the plan's steps to {@code inventory.customers} over one connection. It changes no rows but those it has made, and
 * forgets those that somebody else has taken away. For one thread.
 */
final class WorkloadSession implements AutoCloseable {

    private static final String INSERT = """
            INSERT INTO inventory.customers (first_name, last_name, email, balance, updated_at, profile)
            VALUES (?, ?, ?, ?::int / 100.0, clock_timestamp(), ?::jsonb) ON CONFLICT DO NOTHING RETURNING id""";
    private static final String UPDATE = """
            UPDATE inventory.customers
            SET balance = coalesce(balance, 0) % 100000 + ?::int / 100.0, updated_at = clock_timestamp(),
                profile = CASE WHEN ? THEN ?::jsonb ELSE profile END
            WHERE id = ? RETURNING id""";
    private static final String DELETE = "DELETE FROM inventory.customers WHERE id = ? RETURNING id";
    private static final String MOVE = """
            UPDATE inventory.customers
            SET id = nextval(pg_get_serial_sequence('inventory.customers', 'id')), updated_at = clock_timestamp()
            WHERE id = ? RETURNING id""";

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement update;
    private final PreparedStatement delete;
    private final PreparedStatement move;
    private final List<Integer> ids;

    /**
     * @param connection closed with this session
     * @param ids the rows at hand, which outlive a session
     */
    WorkloadSession(Connection connection, List<Integer> ids) throws SQLException {
        this.connection = connection;
        this.ids = ids;
        this.insert = connection.prepareStatement(INSERT);
        this.update = connection.prepareStatement(UPDATE);
        this.delete = connection.prepareStatement(DELETE);
        this.move = connection.prepareStatement(MOVE);
    }

    /** Does so many steps, in one transaction. */
    void run(WorkloadPlan plan, WorkloadMix mix, int steps) throws SQLException {
        connection.setAutoCommit(steps == 1);
        var before = new ArrayList<>(ids);
        boolean committed = false;
        try {
            for (int i = 0; i < steps; i++) {
                run(plan.next(ids.size(), mix));
            }
            if (steps > 1) {
                connection.commit();
            }
            committed = true;
        } finally {
            if (!committed) {
                ids.clear();
                ids.addAll(before);
            }
        }
    }

    /** Undoes what is not committed, after a step that the database refused. */
    void rollback() throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    private void run(Step step) throws SQLException {
        switch (step.kind()) {
            case INSERT -> {
                insert.setString(1, step.firstName());
                insert.setString(2, step.lastName());
                insert.setString(3, email(step));
                insert.setInt(4, step.cents());
                insert.setString(5, step.profile());
                returned(insert, -1);
            }
            case UPDATE -> {
                update.setInt(1, step.cents());
                update.setBoolean(2, step.cents() % 3 == 0);
                update.setString(3, step.profile());
                update.setInt(4, ids.get(step.row()));
                returned(update, step.row());
            }
            case DELETE -> {
                delete.setInt(1, ids.get(step.row()));
                returned(delete, step.row());
                forget(step.row());
            }
            case MOVE -> {
                move.setInt(1, ids.get(step.row()));
                returned(move, step.row());
            }
        }
    }

    private static String email(Step step) {
        return (step.firstName() + "." + step.lastName()).toLowerCase(java.util.Locale.ROOT) + "@example.com";
    }

    /** Keeps the id that the statement returned at this place; without one the row is not there any more. */
    private void returned(PreparedStatement statement, int row) throws SQLException {
        try (var result = statement.executeQuery()) {
            boolean there = result.next();
            if (row < 0) {
                if (there) {
                    ids.add(result.getInt(1));
                }
            } else if (there) {
                ids.set(row, result.getInt(1));
            } else if (statement != delete) {
                forget(row);
            }
        }
    }

    private void forget(int row) {
        Collections.swap(ids, row, ids.size() - 1);
        ids.remove(ids.size() - 1);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
