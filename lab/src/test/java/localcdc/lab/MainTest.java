package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import localcdc.common.cli.Cli;
import org.junit.jupiter.api.Test;

class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Cli.run(new LabCommand(), new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void saysWhatItCanDo() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("demo", "up", "compare", "generate-completion", "--rate");
    }

    @Test
    void refusesAKafkaPathThatCannotBe() {
        int code = run("up", "--topic-prefix", "a b", "--partitions", "0");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("--topic-prefix", "a b", "--partitions", "0");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void namesAllWrongFlagsTogether() {
        int code =
                run("up", "--no-kafka", "--pg-port", "70000", "--external-postgres", "nowhere", "--table", "customers");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("70000", "nowhere", "HOST:PORT", "customers", "schema.table");
    }

    @Test
    void refusesAPortOfItsOwnForAServerOfSomebodyElse() {
        int code = run("up", "--no-kafka", "--pg-port", "5433", "--external-postgres", "localhost:5432");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("--pg-port", "--external-postgres");
    }

    @Test
    void refusesAnImpossibleRate() {
        assertThat(run("demo", "--rate", "-1")).isEqualTo(2);
        assertThat(err.toString()).contains("--rate", "-1");
    }

    @Test
    void refusesAComparisonThatCannotBe() {
        int code = run(
                "compare",
                "--rate",
                "0",
                "--duration",
                "10ms",
                "--rows",
                "1",
                "--changes",
                "150",
                "--plot",
                "no/x.svg");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("--rate", "--duration", "--rows", "--changes", "150", "--plot");
    }

    @Test
    void saysThatNobodyAnswersAtAnExternalPostgres() {
        int code = run("up", "--no-kafka", "--external-postgres", "127.0.0.1:1");

        assertThat(code).isEqualTo(3);
        assertThat(err.toString()).contains("127.0.0.1:1").doesNotContain("\tat ");
    }
}
