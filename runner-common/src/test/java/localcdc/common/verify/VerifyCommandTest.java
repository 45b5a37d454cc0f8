package localcdc.common.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import localcdc.common.cli.Cli;
import localcdc.core.event.TableId;
import localcdc.core.verify.Mismatch;
import localcdc.core.verify.TableReport;
import localcdc.core.verify.VerifyReport;
import org.junit.jupiter.api.Test;

class VerifyCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Cli.run(new VerifyCommand(), new PrintWriter(out), new PrintWriter(err), args);
    }

    private static String nobodysUrl() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void aRunnerThatIsNotThereIsExit3WithASentence() throws Exception {
        assertThat(run("--url", nobodysUrl())).isEqualTo(3);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .startsWith("No runner answers at http://127.0.0.1:")
                .doesNotContain("\tat ");
    }

    @Test
    void whatCouldNotBeDecidedIsJsonToo() throws Exception {
        assertThat(run("--url", nobodysUrl(), "--output", "json")).isEqualTo(3);

        assertThat(out.toString()).startsWith("{\"tables\":[],\"equal\":false,").contains("\"reason\":\"No runner");
    }

    @Test
    void wrongFlagsAreExit2AndNamedTogether() {
        assertThat(run("--url", "localhost:8080", "--timeout", "soon", "--nonsense"))
                .isEqualTo(2);

        assertThat(err.toString())
                .contains("--url is 'localhost:8080'; it must be of the form http://HOST:PORT.")
                .contains("'soon' is not a duration")
                .contains("--nonsense");
    }

    @Test
    void theUrlIsNeeded() {
        assertThat(run()).isEqualTo(2);

        assertThat(err.toString()).contains("--url");
    }

    @Test
    void helpNamesTheExitCodes() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString()).contains("--pg-host", "--timeout", "could not decide", "the first 20 are printed");
    }

    @Test
    void peopleSeeALineForEachTableTheDifferencesAndTheVerdict() {
        var customers = new TableId("inventory", "customers");
        var report = new VerifyReport(
                List.of(
                        new TableReport(customers, 1004, 1, 0, 0, 0, List.of("ssn"), List.of()),
                        new TableReport(new TableId("a", "b"), 0, 0, 0, 0, 0, List.of(), List.of("It is locked."))),
                List.of(new TableId("inventory", "secrets"), new TableId("a", "c")),
                List.of(new Mismatch(
                        customers, Mismatch.Kind.MISSING, "{\"id\":7}", null, "{\"id\":7,\"name\":\"Ann\"}")),
                "");

        ReportText.print(report, new PrintWriter(out, true));

        assertThat(out.toString().replace("\r", "")).isEqualTo("""
                table                rows compared  missing  unexpected  different  in flight
                inventory.customers           1004        1           0          0          0
                a.b                              0        0           0          0          0
                inventory.customers: not compared, since the runner leaves them out: ssn
                a.b: It is locked.
                Tables not compared, since the runner leaves them out: inventory.secrets, a.c
                missing inventory.customers {"id":7}
                  map       no such row
                  postgres  {"id":7,"name":"Ann"}
                The map does not equal Postgres: 1 row differs.
                """);
    }
}
