package localcdc.embedded.server;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * What the checks need to know of the server, read at one go.
 *
 * @param address {@code host:port/database}, to name it in a sentence
 * @param driverPid the backend's process as it was told to the driver when it connected
 * @param backendPid the backend's process as it says itself
 * @param mayReplicate whether this session's user may open a replication connection
 */
record Server(
        String address,
        int majorVersion,
        String version,
        boolean inRecovery,
        int driverPid,
        int backendPid,
        String walLevel,
        int maxReplicationSlots,
        int maxWalSenders,
        int walSenders,
        long walSenderTimeoutMillis,
        long maxSlotWalKeepMegabytes,
        String user,
        boolean superuser,
        boolean mayReplicate,
        boolean mayCreate,
        String database) {

    private static final String PREFIX = "jdbc:postgresql://";
    private static final String QUERY = """
            SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version'),
                   pg_is_in_recovery(), pg_backend_pid(), current_setting('wal_level'),
                   current_setting('max_replication_slots')::int, current_setting('max_wal_senders')::int,
                   (SELECT count(*) FROM pg_stat_replication),
                   (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_sender_timeout'),
                   (SELECT setting::bigint FROM pg_settings WHERE name = 'max_slot_wal_keep_size'),
                   session_user, r.rolsuper,
                   r.rolsuper OR r.rolreplication OR EXISTS (
                       SELECT FROM pg_roles m WHERE m.rolname = 'rds_replication' AND pg_has_role(r.oid, m.oid, 'MEMBER')),
                   has_database_privilege(current_database(), 'CREATE'), current_database()
            FROM pg_roles r WHERE r.rolname = session_user
            """;

    static Server read(Connection connection) throws SQLException {
        int driverPid = connection.unwrap(PGConnection.class).getBackendPID();
        try (PreparedStatement query = connection.prepareStatement(QUERY);
                ResultSet row = query.executeQuery()) {
            row.next();
            return new Server(
                    address(connection.getMetaData().getURL()),
                    row.getInt(1),
                    row.getString(2),
                    row.getBoolean(3),
                    driverPid,
                    row.getInt(4),
                    row.getString(5),
                    row.getInt(6),
                    row.getInt(7),
                    row.getInt(8),
                    row.getLong(9),
                    row.getLong(10),
                    row.getString(11),
                    row.getBoolean(12),
                    row.getBoolean(13),
                    row.getBoolean(14),
                    row.getString(15));
        }
    }

    private static String address(String url) {
        String place = url.startsWith(PREFIX) ? url.substring(PREFIX.length()) : url;
        int parameters = place.indexOf('?');
        return URLDecoder.decode(parameters < 0 ? place : place.substring(0, parameters), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "Postgres at " + address;
    }
}
