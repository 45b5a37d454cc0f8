package localcdc.common.pg;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLException;
import localcdc.core.source.SourceException;
import org.postgresql.util.GT;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Turns what the driver threw while connecting into a sentence and a remedy. It goes by SQLSTATE, the server's routine
 * and the cause's type, since messages come in the server's and the laptop's language.
 */
public final class ConnectionProblem {

    private static final String DOCKER_HOST = "host.docker.internal";

    private ConnectionProblem() {}

    /** The problem in words; the driver's exception is the cause, for the debug log. */
    public static SourceException of(PgSettings settings, SQLException thrown) {
        var server = thrown instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return server == null ? network(settings, thrown) : server(settings, thrown, server);
    }

    private static SourceException server(PgSettings settings, SQLException thrown, ServerErrorMessage server) {
        var at = "Postgres at " + settings.address();
        var user = "'" + settings.user() + "'";
        return switch (Objects.requireNonNullElse(thrown.getSQLState(), "")) {
            case "28P01" ->
                problem(
                        thrown,
                        at + " refused the password of user " + user + ".",
                        "Check PGPASSWORD, --pg-password-file or ~/.pgpass, and --pg-user.");
            case "28000" -> authorization(settings, thrown, server);
            case "3D000" ->
                problem(
                        thrown,
                        "Postgres at " + settings.host() + ":" + settings.port() + " has no database '"
                                + settings.database() + "'.",
                        "Check --pg-database or PGDATABASE; psql -l lists the databases there are.");
            case "57P03" ->
                problem(
                        thrown,
                        at + " is starting up, recovering or shutting down: " + server.getMessage() + ".",
                        "Try again in a moment; if it stays so, look into the server's log.");
            case "53300" ->
                problem(
                        thrown,
                        at + " has no free connection: " + server.getMessage() + ".",
                        "Close other connections (pg_stat_activity shows them) or raise max_connections.");
            case "42501" ->
                problem(
                        thrown,
                        at + " does not let user " + user + " connect: " + server.getMessage() + ".",
                        "GRANT CONNECT ON DATABASE " + quoted(settings.database()) + " TO " + quoted(settings.user())
                                + ", or give another --pg-user.");
            default ->
                problem(
                        thrown,
                        at + " refused the connection: " + server.getMessage() + " (SQLSTATE " + thrown.getSQLState()
                                + ").",
                        "See the server's log; if a connection pool such as pgbouncer answers there, connect to Postgres"
                                + " itself.");
        };
    }

    private static SourceException authorization(PgSettings settings, SQLException thrown, ServerErrorMessage server) {
        var at = "Postgres at " + settings.address();
        if ("InitializeSessionUserId".equals(server.getRoutine())) {
            return problem(
                    thrown,
                    at + " lets nobody in as '" + settings.user() + "': " + server.getMessage() + ".",
                    "Check --pg-user or PGUSER, or make the role with LOGIN (see postgres-setup).");
        }
        boolean plainOnly = settings.sslMode() == SslMode.DISABLE;
        return problem(
                thrown,
                at + " has no pg_hba.conf entry that lets user '" + settings.user() + "' in from here: "
                        + server.getMessage() + ".",
                plainOnly
                        ? "If the server takes encrypted connections only, give --pg-sslmode=require; else add a line to"
                                + " pg_hba.conf and run SELECT pg_reload_conf()."
                        : "Add a line for this user, database and address to pg_hba.conf and run SELECT"
                                + " pg_reload_conf().");
    }

    private static SourceException network(PgSettings settings, SQLException thrown) {
        var place = settings.host() + ":" + settings.port();
        if (isMessage(thrown, "The server does not support SSL.")) {
            return problem(
                    thrown,
                    "Postgres at " + settings.address() + " takes no encrypted connections, but --pg-sslmode is '"
                            + settings.sslMode().label() + "'.",
                    "Switch ssl on in the server, or give --pg-sslmode=prefer.");
        }
        if (cause(thrown, UnknownHostException.class).isPresent()) {
            return unknownHost(settings, thrown);
        }
        if (cause(thrown, SSLException.class).isPresent()) {
            return problem(
                    thrown,
                    "The encrypted connection to " + place + " could not be set up: "
                            + cause(thrown, SSLException.class).get().getMessage() + ".",
                    "Check the server's certificate and ~/.postgresql/root.crt, or choose another --pg-sslmode.");
        }
        if (cause(thrown, NoRouteToHostException.class).isPresent()) {
            return problem(
                    thrown,
                    "There is no way to " + place + " from here.",
                    "Check --pg-host, the network and firewalls.");
        }
        if (cause(thrown, ConnectException.class).isPresent()) {
            return problem(
                    thrown,
                    "Nothing listens at " + place + ": the connection was refused.",
                    "Check that Postgres runs there and --pg-port or PGPORT is right; listen_addresses must include"
                            + " that address.");
        }
        if ("08004".equals(thrown.getSQLState()) && settings.password() == null) {
            return problem(
                    thrown,
                    "Postgres at " + settings.address() + " asks for a password of user '" + settings.user()
                            + "', and none was given.",
                    "Set PGPASSWORD, give --pg-password-file, or add a line to ~/.pgpass.");
        }
        if (cause(thrown, SocketTimeoutException.class).isPresent() || "08001".equals(thrown.getSQLState())) {
            return problem(
                    thrown,
                    "No answer from " + place + " within " + PgSettings.CONNECT_TIMEOUT_SECONDS + " seconds.",
                    "Check --pg-host, --pg-port and firewalls.");
        }
        if ("08P01".equals(thrown.getSQLState())
                || cause(thrown, EOFException.class).isPresent()
                || cause(thrown, SocketException.class).isPresent()) {
            return problem(
                    thrown,
                    "What listens at " + place + " does not speak as Postgres does, or cut the connection.",
                    "Check --pg-host and --pg-port; if it is Postgres, see its log.");
        }
        return problem(
                thrown,
                "No connection to Postgres at " + settings.address() + ": " + thrown.getMessage(),
                "See the server's log.");
    }

    private static SourceException unknownHost(PgSettings settings, SQLException thrown) {
        if (settings.host().equals(DOCKER_HOST)) {
            return problem(
                    thrown,
                    "The name '" + DOCKER_HOST
                            + "' is known inside Docker Desktop's containers only, not on this machine.",
                    "Give --pg-host=localhost (a container on Linux needs --add-host=" + DOCKER_HOST
                            + ":host-gateway).");
        }
        return problem(
                thrown,
                "The host '" + settings.host() + "' cannot be found.",
                "Check --pg-host or PGHOST, and that this machine can resolve the name.");
    }

    private static SourceException problem(SQLException thrown, String problem, String remedy) {
        return new SourceException(problem, remedy, thrown);
    }

    /** A missing password and a server without encryption have one SQLSTATE; GT gives the text in the laptop's language. */
    private static boolean isMessage(SQLException thrown, String english) {
        return Objects.equals(thrown.getMessage(), GT.tr(english));
    }

    private static <T extends Throwable> Optional<T> cause(Throwable thrown, Class<T> type) {
        for (var at = thrown; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return Optional.of(type.cast(at));
            }
        }
        return Optional.empty();
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
