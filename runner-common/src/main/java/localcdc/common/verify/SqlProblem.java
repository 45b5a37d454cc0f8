package localcdc.common.verify;

import java.sql.SQLException;
import java.util.Objects;
import localcdc.common.pg.PgSettings;
import localcdc.core.event.TableId;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.UndecidedException.Scope;
import org.postgresql.util.PSQLException;

/** Turns what Postgres refused into a sentence and a remedy. It goes by SQLSTATE, since messages are translated. */
final class SqlProblem {

    /** A JSON value that {@code to_jsonb} cannot print. */
    static final String UNTRANSLATABLE = "22P05";

    private SqlProblem() {}

    /** What went wrong while {@code table} was read. */
    static UndecidedException of(PgSettings settings, TableId table, SQLException e) {
        var state = Objects.requireNonNullElse(e.getSQLState(), "");
        var user = TableId.quote(settings.user());
        return switch (state) {
            case "42P01", "3F000" ->
                new UndecidedException(
                        Scope.TABLE,
                        "Table " + table + " is no longer in " + settings.address() + ".",
                        "Restart the runner without it, or check --pg-host and --pg-database.",
                        e);
            case "55P03" ->
                new UndecidedException(
                        Scope.CUT,
                        "Table " + table + " is locked by another session, or one waits to lock it.",
                        "See who in pg_locks, or verify again.",
                        e);
            case "42501" ->
                new UndecidedException(
                        Scope.TABLE,
                        "User " + user + " has no right to read all of table " + table + ": " + said(e) + ".",
                        "GRANT USAGE ON SCHEMA " + TableId.quote(table.schema()) + " TO " + user + "; GRANT SELECT ON "
                                + table.quoted() + " TO " + user
                                + "; with row-level security on that table, also ALTER ROLE " + user + " BYPASSRLS.",
                        e);
            default ->
                isPassing(state)
                        ? new UndecidedException(
                                Scope.CUT,
                                "Postgres at " + settings.address() + " broke off: " + said(e) + ".",
                                "Verify again.",
                                e)
                        : new UndecidedException(
                                Scope.TABLE,
                                "Postgres could not read table " + table + ": " + said(e) + " (SQLSTATE " + state
                                        + ").",
                                "See the server's log.",
                                e);
        };
    }

    /** The server's own words, without the driver's additions. */
    static String said(SQLException e) {
        var server = e instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return server == null ? e.getMessage() : server.getMessage();
    }

    /** Connections that were cut, servers that shut down, statements that were cancelled, resources that ran out. */
    private static boolean isPassing(String state) {
        return state.startsWith("08") || state.startsWith("57") || state.startsWith("53") || state.startsWith("40");
    }
}
