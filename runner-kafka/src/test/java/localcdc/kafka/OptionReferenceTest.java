package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import localcdc.common.cli.OptionReference;
import localcdc.common.cli.ReferencePage;
import org.junit.jupiter.api.Test;

class OptionReferenceTest {

    private static final String INTRODUCTION = """
            This page is generated from the program's own model of its flags; `OptionReferenceTest` keeps it equal.

            A flag goes before its environment variable, that before the file of `--kafka-config`, that before the default.
            `@FILE` reads arguments from a file at that place. Passwords for Kafka are taken from the file of `--kafka-config`
            only, `verify`'s from `PGPASSWORD`, `--pg-password-file` or `~/.pgpass`. `--print-config` shows what is in effect,
            and where from, secrets masked.
            Results go to stdout, logs and problems to stderr.
            """;

    @Test
    void thePageSaysWhatTheProgramTakes() throws IOException {
        var page = ReferencePage.of("options-kafka.md");
        var generated = OptionReference.page(new Main(), INTRODUCTION);
        if (Boolean.getBoolean("regenerate")) {
            page.write(generated);
        }

        assertThat(page.text())
                .as("docs/reference/options-kafka.md is out of date; write it anew with"
                        + " ./mvnw test -pl runner-kafka -am -Dtest=OptionReferenceTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dregenerate=true")
                .isEqualTo(generated);
    }
}
