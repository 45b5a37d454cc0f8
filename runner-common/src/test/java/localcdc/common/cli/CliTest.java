package localcdc.common.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import localcdc.common.pg.PgOptionsFixture;
import localcdc.common.pg.PgSettings;
import localcdc.core.event.TableId;
import localcdc.core.source.SourceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

class CliTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private interface Work {
        int run() throws Exception;
    }

    /** A runner as small as can be. */
    @Command(name = "runner-test", mixinStandardHelpOptions = true, versionProvider = VersionText.class)
    private static final class Runner implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private final RunnerOptions options = new RunnerOptions();

        @Mixin
        private final localcdc.common.pg.PgOptions pg;

        private final Work work;
        private RunnerSettings settings;
        private PgSettings pgSettings;

        Runner(Map<String, String> environment, Path home, Work work) {
            this.pg = PgOptionsFixture.of(environment, home);
            this.work = work;
        }

        @Override
        public Integer call() throws Exception {
            settings = options.settings();
            if (options.printConfig()) {
                var all = new java.util.ArrayList<>(options.effective());
                all.addAll(pg.effective());
                spec.commandLine().getOut().print(PrintedConfig.of(all, settings.output()));
                return ExitCodes.OK;
            }
            pgSettings = pg.settings();
            return work.run();
        }
    }

    private Runner runner(Map<String, String> environment, Work work) {
        return new Runner(environment, folder, work);
    }

    private int run(Runner runner, String... args) {
        return Cli.run(runner, new PrintWriter(out), new PrintWriter(err), args);
    }

    private int run(String... args) {
        return run(runner(Map.of(), () -> 0), args);
    }

    @Test
    void fillsInTheDefaults() {
        var runner = runner(Map.of(), () -> 0);

        assertThat(run(runner)).isZero();

        assertThat(runner.settings).isEqualTo(RunnerSettings.defaults());
        assertThat(runner.settings.httpHost()).isEqualTo("127.0.0.1");
        assertThat(runner.settings.httpPort()).isEmpty();
        assertThat(runner.pgSettings.address()).isEqualTo("localhost:5432/postgres");
    }

    @Test
    void takesEveryFlag() {
        var runner = runner(Map.of(), () -> 0);

        assertThat(run(
                        runner,
                        "--http-host=0.0.0.0",
                        "--http-port",
                        "0",
                        "--log-events=none",
                        "--report-every",
                        "500ms",
                        "--until-caught-up",
                        "--output=json",
                        "--log-format=json",
                        "--log-level=debug",
                        "--leave-out",
                        "a.b",
                        "--leave-out",
                        "a.c.d",
                        "--pg-sslmode=verify-full",
                        "--pg-port=6000"))
                .isZero();

        assertThat(runner.settings.httpPort()).isEqualTo(OptionalInt.of(0));
        assertThat(runner.settings.reportEvery()).isEqualTo(Duration.ofMillis(500));
        assertThat(runner.settings.untilCaughtUp()).isTrue();
        assertThat(runner.settings.logEvents()).isEqualTo(LogEvents.NONE);
        assertThat(runner.settings.output()).isEqualTo(TextFormat.JSON);
        assertThat(runner.settings.tablesLeftOut()).containsExactly(new TableId("a", "b"));
        assertThat(runner.settings.columnsLeftOut()).containsExactly(Map.entry(new TableId("a", "c"), List.of("d")));
        assertThat(runner.pgSettings.port()).isEqualTo(6000);
    }

    @Test
    void reportsAllWrongValuesTogether() {
        int code = run(
                runner(Map.of("PGPORT", "abc", "PGSSLMODE", "always"), () -> 0),
                "--http-port=99999",
                "--report-every=soon",
                "--log-events=many",
                "--leave-out=x",
                "--nonsense");

        assertThat(code).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString())
                .contains("99999", "soon", "many", "'x'", "--nonsense", "PGPORT is 'abc'", "PGSSLMODE is 'always'")
                .contains("Try 'runner-test --help'.")
                .doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void suggestsTheFlagThatWasMeant() {
        assertThat(run("--htp-port=1")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("Unknown option: '--htp-port=...'").contains("--http-port");
    }

    @Test
    void doesNotRepeatASecretThatWasGivenAsAnArgument() {
        assertThat(run("--pg-password=hunter2")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("'--pg-password=...'", "PGPASSWORD").doesNotContain("hunter2");
    }

    @Test
    void refusesASecondWord() {
        assertThat(run("doktor")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("'doktor'");
    }

    @Test
    void readsFlagsFromAFileAtTheirPlace() throws Exception {
        var file = Files.writeString(folder.resolve("args"), "# a remark\n--http-port=1234\n--log-events none\n");
        var runner = runner(Map.of(), () -> 0);

        assertThat(run(runner, "@" + file, "--output=json")).isZero();

        assertThat(runner.settings.httpPort()).hasValue(1234);
        assertThat(runner.settings.logEvents()).isEqualTo(LogEvents.NONE);
    }

    @Test
    void saysThatAnArgumentFileIsMissing() {
        assertThat(run("@no-such-file")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("'no-such-file'").contains("file");
    }

    @Test
    void printsTheConfigurationWithoutThePassword() throws Exception {
        var environment = Map.of("PGPASSWORD", "secret-1", "PGHOST", "db.example");

        assertThat(run(runner(environment, () -> 0), "--print-config", "--pg-port=6000", "--leave-out=a b.c"))
                .isZero();

        var text = out.toString();
        assertThat(text)
                .doesNotContain("secret")
                .contains("--pg-host=db.example   # PGHOST")
                .contains("--pg-port=6000   # flag")
                .contains("# --report-every=10s   # default")
                .contains("********");
        var file = Files.writeString(folder.resolve("config"), text);
        var again = runner(Map.of(), () -> 0);
        assertThat(run(again, "@" + file)).as(err.toString()).isZero();
        assertThat(again.pgSettings.address()).isEqualTo("db.example:6000/postgres");
        assertThat(again.settings.httpPort()).isEmpty();
        assertThat(again.settings.tablesLeftOut()).containsExactly(new TableId("a b", "c"));
    }

    @Test
    void printsTheConfigurationAsJson() throws Exception {
        assertThat(run(runner(Map.of("PGPASSWORD", "secret-1"), () -> 0), "--print-config", "--output=json"))
                .isZero();

        var tree = new ObjectMapper().readTree(out.toString());
        assertThat(tree.get("--pg-port").get("value").asText()).isEqualTo("5432");
        assertThat(tree.get("password").get("value").asText()).isEqualTo(Setting.MASK);
        assertThat(tree.get("password").get("origin").asText()).isEqualTo("PGPASSWORD");
    }

    @Test
    void tellsAnEnvironmentThatIsNotReadyInSentences() {
        Work notReady = () -> {
            throw new ExecutionException(new SourceException("wal_level is 'replica'.", "Set it to logical."));
        };

        assertThat(run(runner(Map.of(), notReady))).isEqualTo(ExitCodes.ENVIRONMENT);
        assertThat(err.toString().lines()).containsExactly("wal_level is 'replica'.", "Set it to logical.");
    }

    @Test
    void showsTheStackOfOurOwnBugs() {
        Work bug = () -> {
            throw new IllegalStateException("planted");
        };

        assertThat(run(runner(Map.of(), bug))).isEqualTo(ExitCodes.BUG);
        assertThat(err.toString()).contains("planted").contains("\tat ");
    }

    @Test
    void showsTheStackOfAnErrorToo() {
        Work bug = () -> {
            throw new StackOverflowError("planted");
        };

        assertThat(run(runner(Map.of(), bug))).isEqualTo(ExitCodes.BUG);
        assertThat(err.toString()).contains("planted");
    }

    @Test
    void passesOnTheCommandsOwnExitCode() {
        assertThat(run(runner(Map.of(), () -> ExitCodes.DIFFERENT))).isEqualTo(4);
    }

    @Test
    void helpsEvenWhenSomethingIsWrong() {
        assertThat(run("--help", "--http-port=x")).isZero();
        assertThat(out.toString()).contains("--report-every=DURATION").doesNotContain("%%");
    }

    @Test
    void namesItsVersions() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString().lines()).hasSize(3);
        assertThat(out.toString()).contains("runner-test").contains("Debezium").contains("Java ");
    }

    @Test
    void completesInTheShell() {
        assertThat(run("generate-completion")).isZero();
        assertThat(out.toString()).contains("complete").contains("--until-caught-up");
    }
}
