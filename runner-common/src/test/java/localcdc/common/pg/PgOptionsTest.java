package localcdc.common.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import localcdc.common.cli.UsageException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class PgOptionsTest {

    @TempDir
    private Path home;

    @Command
    private static final class Holder {
        @Mixin
        private final PgOptions pg;

        Holder(PgOptions pg) {
            this.pg = pg;
        }
    }

    private PgSettings settings(Map<String, String> environment, String... args) {
        var holder = new Holder(new PgOptions(environment, home));
        new CommandLine(holder).parseArgs(args);
        return holder.pg.settings();
    }

    private Path file(String name, String text, String permissions) throws IOException {
        var file = Files.writeString(home.resolve(name), text);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        }
        return file;
    }

    @Test
    void prefersFlagsToTheEnvironment() {
        var environment = Map.of(
                "PGHOST",
                "e",
                "PGPORT",
                "1",
                "PGDATABASE",
                "e",
                "PGUSER",
                "e",
                "PGPASSWORD",
                "e",
                "PGSSLMODE",
                "require");

        var fromEnvironment = settings(environment);
        var fromFlags = settings(
                environment, "--pg-host=f", "--pg-port=2", "--pg-database=f", "--pg-user=f", "--pg-sslmode=disable");

        assertThat(fromEnvironment).isEqualTo(new PgSettings("e", 1, "e", "e", "e", SslMode.REQUIRE));
        assertThat(fromFlags).isEqualTo(new PgSettings("f", 2, "f", "f", "e", SslMode.DISABLE));
    }

    @Test
    void takesAnEmptyVariableForNone() {
        assertThat(settings(Map.of("PGHOST", "", "PGPASSWORD", "")).host()).isEqualTo("localhost");
    }

    @Test
    void takesThePasswordFromTheNearestPlace() throws Exception {
        file(".pgpass", "*:*:*:*:from-pgpass\n", "rw-------");
        var other = file("other", "*:*:*:*:from-other\n", "rw-------");
        var named = file("named", "from-named\n", "rw-r--r--");
        var variable = Map.of("PGPASSWORD", "from-variable", "PGPASSFILE", other.toString());

        assertThat(settings(Map.of()).password()).isEqualTo("from-pgpass");
        assertThat(settings(Map.of("PGPASSFILE", other.toString())).password()).isEqualTo("from-other");
        assertThat(settings(variable).password()).isEqualTo("from-variable");
        assertThat(settings(variable, "--pg-password-file=" + named).password()).isEqualTo("from-named");
    }

    @Test
    void hasNoPasswordWhereThereIsNone() {
        assertThat(settings(Map.of()).password()).isNull();
    }

    @Test
    void doesNotUseAPasswordFileThatOthersMayRead() throws Exception {
        Assumptions.assumeTrue(
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        file(".pgpass", "*:*:*:*:secret\n", "rw-r-----");

        assertThat(settings(Map.of()).password()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "db:5432:shop:ann:s3cret | s3cret",
                "*:*:*:*:any | any",
                "other:5432:shop:ann:no | ",
                "db:5433:shop:ann:no | ",
                "db:5432:shop:ann:a:b\\\\c | a:b\\c",
                "db:5432:shop:ann:a\\:b | a:b",
                "#db:5432:shop:ann:no | ",
                "db:5432:shop | ",
            })
    void readsPgpassAsLibpqDoes(String line, String password) {
        assertThat(PasswordFile.find(List.of("", line), "db", 5432, "shop", "ann")
                        .orElse(null))
                .isEqualTo(password);
    }

    @Test
    void matchesEscapedNamesAndTakesTheFirstLineThatFits() {
        var lines = List.of("::1:5432:*:*:wrong", "\\:\\:1:5432:a\\:b:c\\\\d:first", "*:*:*:*:second");

        assertThat(PasswordFile.find(lines, "::1", 5432, "a:b", "c\\d")).hasValue("first");
        assertThat(PasswordFile.find(lines, "::1", 5432, "a", "c")).hasValue("second");
    }

    @Test
    void readsANamedFileOfEitherForm() throws Exception {
        var bare = file("bare", "pass:word with:colons\n", "rw-------");
        var lines = file("lines", "# ours\nlocalhost:5432:*:postgres:in-a-line\n", "rw-------");

        assertThat(settings(Map.of(), "--pg-password-file=" + bare).password()).isEqualTo("pass:word with:colons");
        assertThat(settings(Map.of(), "--pg-password-file=" + lines).password()).isEqualTo("in-a-line");
    }

    @Test
    void namesEverythingThatIsWrong() throws Exception {
        var twoLines = file("two", "secret-a\nsecret-b\n", "rw-------");

        assertThatThrownBy(() -> settings(
                        Map.of("PGPORT", "0x10", "PGSSLMODE", "on"), "--pg-host=/var/run/postgresql", "--pg-database="))
                .isInstanceOfSatisfying(UsageException.class, e -> assertThat(e.problems())
                        .hasSize(4)
                        .anyMatch(problem -> problem.contains("'0x10'"))
                        .anyMatch(problem -> problem.contains("'on'"))
                        .anyMatch(problem -> problem.contains("socket"))
                        .anyMatch(problem -> problem.contains("--pg-database")));
        assertThatThrownBy(() -> settings(Map.of(), "--pg-password-file=" + home.resolve("none")))
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> settings(Map.of(), "--pg-password-file=" + twoLines))
                .hasMessageContaining("'" + twoLines + "'")
                .hasMessageNotContaining("secret");
    }

    @Test
    void neverShowsThePassword() {
        var settings = settings(Map.of("PGPASSWORD", "s3cret"));

        assertThat(settings.toString()).doesNotContain("s3cret").contains("********");
        assertThat(settings.url()).doesNotContain("s3cret");
    }

    @Test
    void writesUrlsForOddNames() {
        assertThat(new PgSettings("::1", 5432, "a/b?c d", "u", null, SslMode.PREFER).url())
                .isEqualTo("jdbc:postgresql://[::1]:5432/a%2Fb%3Fc+d");
    }
}
