package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import localcdc.common.cli.MainCall;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;

/** A fresh database that the program is called on, with its flags, and with the question what was left behind. */
final class CommandDatabase implements AutoCloseable {

    private static final String SLOTS =
            "SELECT slot_name FROM pg_replication_slots WHERE database = current_database() ORDER BY 1";

    private final TestDatabase database;
    private final Path folder;

    CommandDatabase(Path folder) {
        this.database = TestPostgres.shared().createDatabase();
        this.folder = folder;
    }

    TestDatabase database() {
        return database;
    }

    void execute(String... sql) {
        database.execute(sql);
    }

    int majorVersion() {
        return Integer.parseInt(database.query("SHOW server_version_num").get(0)) / 10_000;
    }

    /** Calls the program with these flags and those that say where this database is. */
    MainCall call(String... args) throws IOException {
        var all = new ArrayList<>(List.of(args));
        all.addAll(connection());
        return MainCall.of(Main::run, all.toArray(String[]::new));
    }

    /** The flags that say where this database is; the password is in a file. */
    List<String> connection() throws IOException {
        var server = database.server();
        return flags(folder, server.host(), server.port(), database.name(), server.user(), server.password());
    }

    static List<String> flags(Path folder, String host, int port, String database, String user, String password)
            throws IOException {
        // A server that trusts everybody has no password, but a file for one may not be empty.
        var file = Files.writeString(folder.resolve("password"), (password.isEmpty() ? "any" : password) + "\n");
        return List.of(
                "--pg-host=" + host,
                "--pg-port=" + port,
                "--pg-database=" + database,
                "--pg-user=" + user,
                "--pg-password-file=" + file);
    }

    List<String> slots() {
        return database.query(SLOTS);
    }

    List<String> publications() {
        return database.query("SELECT pubname FROM pg_publication ORDER BY 1");
    }

    /** Asserts that the program has taken away what it had made: no slot, publication or connection is left of it. */
    void assertNothingLeft() {
        assertThat(slots()).isEmpty();
        assertThat(publications())
                .filteredOn(name -> name.startsWith("localcdc_"))
                .isEmpty();
        // A server process ends a moment after its client.
        await().atMost(RunningPath.PATIENCE).until(() -> database.query(
                        "SELECT pid FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'")
                .isEmpty());
    }

    @Override
    public void close() {
        database.close();
    }
}
