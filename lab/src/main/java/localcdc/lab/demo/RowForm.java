package localcdc.lab.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import localcdc.common.http.Exchange;
import localcdc.common.http.HttpProblem;

/** Changes a row of {@code inventory.customers} as a visitor of the page wants it. Any thread; a connection for each change. */
final class RowForm {

    private static final int BODY_BYTES = 64 * 1024;
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
     * {@code {"id":N}}; 404 where there is no such row, 422 with the database's own words where it does not take it.
     */
    void change(Exchange exchange) throws IOException {
        var wanted = exchange.jsonBody(BODY_BYTES);
        try (var connection = connections.open();
                var statement = statement(connection, wanted);
                var rows = statement.executeQuery()) {
            if (!rows.next()) {
                throw new HttpProblem(404, "inventory.customers has no row with id " + text(wanted, "id") + ".");
            }
            exchange.json(200, Map.of("id", rows.getInt(1)));
        } catch (SQLException e) {
            throw new HttpProblem(422, "Postgres does not do it: " + e.getMessage());
        }
    }

    private static PreparedStatement statement(Connection connection, JsonNode wanted) throws SQLException {
        var operation = wanted.path("op").asText();
        return switch (operation) {
            case "insert" -> filled(connection.prepareStatement(INSERT), wanted);
            case "update" -> {
                var statement = filled(connection.prepareStatement(UPDATE), wanted);
                statement.setString(5, text(wanted, "id"));
                yield statement;
            }
            case "delete" -> {
                var statement = connection.prepareStatement(DELETE);
                statement.setString(1, text(wanted, "id"));
                yield statement;
            }
            default -> throw new HttpProblem(400, "op is '" + operation + "'; it must be insert, update or delete.");
        };
    }

    private static PreparedStatement filled(PreparedStatement statement, JsonNode wanted) throws SQLException {
        statement.setString(1, text(wanted, "firstName"));
        statement.setString(2, text(wanted, "lastName"));
        statement.setString(3, text(wanted, "email"));
        statement.setString(4, text(wanted, "balance"));
        return statement;
    }

    /** Null where there is none, or an empty one. */
    private static String text(JsonNode wanted, String field) {
        var value = wanted.path(field).asText("");
        return value.isEmpty() ? null : value;
    }
}
