package localcdc.lab.demo;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import localcdc.common.http.Exchange;
import localcdc.common.http.HttpProblem;

/** Changes a row of {@code inventory.customers} as a visitor of the page wants it. Any thread; a connection for each change. */
final class RowForm {

    private static final int BODY_BYTES = 64 * 1024;
    /** What such SQLSTATEs begin with. */
    private static final String CONNECTION_LOST = "08";

    private static final String SHUTTING_DOWN = "57P";
    private static final String INSERT = """
            INSERT INTO inventory.customers (first_name, last_name, email, balance, updated_at)
            VALUES (?, ?, ?, ?::numeric, clock_timestamp()) RETURNING id""";
    private static final String UPDATE = """
            UPDATE inventory.customers SET first_name = ?, last_name = ?, email = ?, balance = ?::numeric,
            updated_at = clock_timestamp() WHERE id = ?::int RETURNING id""";
    private static final String DELETE = "DELETE FROM inventory.customers WHERE id = ?::int RETURNING id";

    private final SteadyWorkload.ConnectionFactory connections;

    RowForm(SteadyWorkload.ConnectionFactory connections) {
        this.connections = connections;
    }

    /**
     * {@code POST /api/rows} with {@code {"op":"insert|update|delete","id","firstName","lastName","email","balance"}}: answers
     * {@code {"id":N}}; 404 where there is no such row, 422 with the database's own words where it does not take it, 503 where it
     * does not answer.
     */
    void change(Exchange exchange) throws IOException {
        var wanted = Wanted.of(exchange, BODY_BYTES, "op", "id", "firstName", "lastName", "email", "balance");
        var operation = wanted.choice("op", "insert", "update", "delete");
        var id = id(wanted, operation);
        try (var connection = connections.open();
                var statement = statement(connection, wanted, operation, id);
                var rows = statement.executeQuery()) {
            if (!rows.next()) {
                throw new HttpProblem(404, "inventory.customers has no row with id " + id + ".");
            }
            exchange.json(200, Map.of("id", rows.getInt(1)));
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** Empty for an insert: Postgres gives the row its number. */
    private static String id(Wanted wanted, String operation) {
        var id = wanted.text("id");
        if (operation.equals("insert")) {
            if (id.isPresent()) {
                throw new HttpProblem(400, "insert takes no id: the row gets the next one.");
            }
            return "";
        }
        return id.orElseThrow(() -> new HttpProblem(400, operation + " needs the id of a row."));
    }

    private static HttpProblem refused(SQLException e) {
        var state = Objects.requireNonNullElse(e.getSQLState(), "");
        return state.startsWith(CONNECTION_LOST) || state.startsWith(SHUTTING_DOWN)
                ? new HttpProblem(503, "Postgres does not answer: " + e.getMessage())
                : new HttpProblem(422, "Postgres does not do it: " + e.getMessage());
    }

    private static PreparedStatement statement(Connection connection, Wanted wanted, String operation, String id)
            throws SQLException {
        return switch (operation) {
            case "insert" -> filled(connection.prepareStatement(INSERT), wanted);
            case "update" -> {
                var statement = filled(connection.prepareStatement(UPDATE), wanted);
                statement.setString(5, id);
                yield statement;
            }
            default -> {
                var statement = connection.prepareStatement(DELETE);
                statement.setString(1, id);
                yield statement;
            }
        };
    }

    private static PreparedStatement filled(PreparedStatement statement, Wanted wanted) throws SQLException {
        statement.setString(1, wanted.text("firstName").orElse(null));
        statement.setString(2, wanted.text("lastName").orElse(null));
        statement.setString(3, wanted.text("email").orElse(null));
        statement.setString(4, wanted.text("balance").orElse(null));
        return statement;
    }
}
