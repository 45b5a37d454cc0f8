package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import localcdc.common.cli.Cli;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;

class CommandsIT {
    @Command(
            name = "test",
            subcommands = {DoctorCommand.class, SlotsCommand.class})
    static final class Program {}

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestPostgres.shared().createDatabase();
        database.execute("CREATE TABLE t (id int PRIMARY KEY, late timetz)");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private int run(String... args) throws IOException {
        var server = database.server();
        // A server that trusts everybody has no password, but a file for one may not be empty.
        String secret = server.password().isEmpty() ? "any" : server.password();
        Path password = Files.writeString(folder.resolve("password"), secret + "\n");
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of(
                "--pg-host", server.host(),
                "--pg-port", Integer.toString(server.port()),
                "--pg-database", database.name(),
                "--pg-user", server.user(),
                "--pg-password-file", password.toString()));
        return Cli.run(new Program(), new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    }

    @Test
    void doctorEndsWithThreeAndTheRemedyUntilTheColumnIsLeftOut() throws IOException {
        assertThat(run("doctor", "--table", "public.*")).isEqualTo(3);
        assertThat(out.toString())
                .contains("FAIL  tables: public.t has columns that cannot be carried without loss: late")
                .contains("      Leave them out: --leave-out public.t.late")
                .contains("Not ready: 1 error");

        assertThat(run("doctor", "--table", "public.*", "--leave-out", "public.t.late"))
                .isZero();
        assertThat(out.toString()).contains("Ready");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void doctorTakesWrongFlagsForWrongFlags() throws IOException {
        assertThat(run("doctor", "--table", "customers", "--slot", "My-Slot", "--leave-out", "t"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--slot is 'My-Slot'")
                .contains("schema.table")
                .contains("--leave-out");
    }

    @Test
    void slotsListsAndDrops() throws IOException {
        String name = ReplicationSlots.newOwnName();
        database.query("SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')");

        assertThat(run("slots", "list")).isZero();
        assertThat(out.toString()).startsWith("NAME").contains(name);
        assertThat(run("slots", "drop", name)).isZero();
        assertThat(out.toString()).contains("Dropped the replication slot " + name + ", which kept ");
        assertThat(run("slots", "drop", name)).isEqualTo(3);
        assertThat(err.toString()).contains("There is no replication slot '" + name + "'.");
    }
}
