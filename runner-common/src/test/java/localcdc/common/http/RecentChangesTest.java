package localcdc.common.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.RowShape;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;
import localcdc.core.index.HashMapIndexer;
import org.junit.jupiter.api.Test;

class RecentChangesTest {

    private static final RowShape SHAPE = new RowShape(new TableId("public", "t"), List.of("id", "text"), 0);

    private final RecentChanges recent = new RecentChanges();
    private final HashMapIndexer indexer = new HashMapIndexer();

    private void change(int number, String text) {
        var writer = new RowWriter().begin();
        writer.add("1");
        writer.add(text);
        indexer.apply(ChangeEvent.of(
                Operation.UPDATE,
                PrimaryKey.of(1L),
                writer.row(SHAPE),
                number + 1L,
                SourcePosition.ofTransaction(number, 0)));
    }

    @Test
    void keepsTheLatestOfManySmallChanges() {
        indexer.open(SHAPE.table());
        indexer.addListener(recent);
        int changes = RecentChanges.CHANGES + 10;
        for (int i = 0; i < changes; i++) {
            change(i, "\"" + i + "\"");
        }

        assertThat(recent.written()).isEqualTo(changes);
        assertThat(recent.get(9)).isNull();
        assertThat(recent.get(10).after().row().json(1)).isEqualTo("\"10\"");
        assertThat(recent.get(changes - 1).before().row().json(1)).isEqualTo("\"" + (changes - 2) + "\"");
        assertThat(recent.get(changes)).isNull();
    }

    @Test
    void keepsFewLargeOnes() {
        indexer.open(SHAPE.table());
        indexer.addListener(recent);
        var large = "\"" + "x".repeat(5 << 20) + "\"";
        for (int i = 0; i < 40; i++) {
            change(i, large);
        }

        int kept = 0;
        for (int i = 0; i < 40; i++) {
            kept += recent.get(i) == null ? 0 : 1;
        }
        assertThat(kept).isBetween(1, 5);
        assertThat(recent.get(39)).isNotNull();
    }
}
