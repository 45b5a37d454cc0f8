package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.stream.Stream;
import localcdc.common.cli.Cli;
import localcdc.common.pg.SslMode;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A flag that takes one of a few words names all of them. */
class ValueNamesTest {

    @Test
    void everyWordThatAFlagTakesIsNamed() {
        var named = commands(Cli.commandLine(new Main()))
                .flatMap(line -> line.getCommandSpec().options().stream())
                .filter(option -> option.type().isEnum())
                .peek(option -> assertThat(option.paramLabel() + " " + String.join(" ", option.description()))
                        .as(option.longestName())
                        .contains(words(option.type())))
                .map(option -> option.longestName())
                .toList();

        assertThat(named)
                .contains("--engine", "--log-events", "--log-format", "--log-level", "--output", "--pg-sslmode");
    }

    private static Stream<CommandLine> commands(CommandLine line) {
        return Stream.concat(
                Stream.of(line), line.getSubcommands().values().stream().flatMap(ValueNamesTest::commands));
    }

    private static String[] words(Class<?> type) {
        return Stream.of(type.getEnumConstants())
                .map(value -> value instanceof SslMode mode
                        ? mode.label()
                        : value.toString().toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
    }
}
