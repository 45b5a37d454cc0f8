package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import localcdc.common.cli.LeftOut;
import localcdc.core.event.TableId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    @Test
    void suggestsWhatLooksAlike() {
        var names = List.of("inventory.customers", "inventory.orders", "public.t");

        assertThat(Names.near("inventory.Custmers", names)).startsWith("inventory.customers");
        assertThat(Names.near("zzz.qqqqqqqqq", names)).isEmpty();
    }

    @Test
    void cutsLongLists() {
        assertThat(Names.list(IntStream.range(0, 25).boxed().toList())).endsWith("18, 19 and 5 more");
        assertThat(Names.list(List.of("a", "b"))).isEqualTo("a, b");
    }

    @Test
    void findsNamesThatDifferOnlyByCase() {
        assertThat(Names.clashingInCase(List.of("id", "Name", "ID", "other"))).containsExactly("id", "ID");
        assertThat(Names.clashingInCase(List.of("id", "name"))).isEmpty();
    }

    @Test
    void printsFlagsThatAreReadBackAndThatAShellLeavesAlone() {
        var table = new TableId("my.schema", "50% *");

        var flag = Names.leaveOutFlags(table, List.of("it's"));

        assertThat(flag).isEqualTo("--leave-out 'my%2Eschema.50%25 *.it'\\''s'");
        assertThat(LeftOut.parse("my%2Eschema.50%25 *.it's")).isEqualTo(new LeftOut(table, Optional.of("it's")));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 kB",
        "1048575, 1.0 MB",
        "16777216, 16.0 MB",
        "5368709120, 5.0 GB",
    })
    void printsBytesForPeople(long bytes, String text) {
        assertThat(Bytes.text(bytes)).isEqualTo(text);
    }
}
