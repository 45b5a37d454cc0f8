package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import localcdc.core.event.TableId;
import org.junit.jupiter.api.Test;

class CatalogSignatureTest {
    private static final TableId TABLE = new TableId("s", "t");
    private static final TableSignature.Column ID = column("id", 23);
    private static final TableSignature.Column NAME = column("name", 25);
    private static final TableSignature BEFORE =
            signature("r", Map.of(1, ID, 2, NAME), Map.of(7L, "small"), Map.of(100L, storage("t", 5, "1:9,2:9")));

    private static TableSignature.Column column(String name, long type) {
        return new TableSignature.Column(name, type, -1, 0, "", 0, "");
    }

    private static TableSignature.Storage storage(String name, long filenode, String attributes) {
        return new TableSignature.Storage(name, filenode, attributes);
    }

    private static TableSignature signature(
            String kind,
            Map<Integer, TableSignature.Column> columns,
            Map<Long, String> labels,
            Map<Long, TableSignature.Storage> storage) {
        return new TableSignature(TABLE, kind, "p", "d", "p1", columns, labels, storage);
    }

    @Test
    void findsNothingWhereNothingChanged() {
        assertThat(CatalogSignature.describeChange(BEFORE, BEFORE)).isEmpty();
    }

    @Test
    void namesEveryColumnThatChanged() {
        var after = signature(
                "r", Map.of(1, column("no", 20), 3, column("note", 25)), BEFORE.enumLabels(), BEFORE.storage());

        assertThat(CatalogSignature.describeChange(BEFORE, after))
                .contains("column id renamed to no, type of column no changed, column name dropped, column note added");
    }

    @Test
    void tellsRewritesFromTruncateByColumnDefinitions() {
        var truncated = signature("r", BEFORE.columns(), BEFORE.enumLabels(), Map.of(100L, storage("t", 6, "1:9,2:9")));
        var restatted =
                signature("r", BEFORE.columns(), BEFORE.enumLabels(), Map.of(100L, storage("t", 5, "1:9,2:12")));
        var rewritten =
                signature("r", BEFORE.columns(), BEFORE.enumLabels(), Map.of(100L, storage("t", 6, "1:9,2:12")));

        assertThat(CatalogSignature.describeChange(BEFORE, truncated)).isEmpty();
        assertThat(CatalogSignature.describeChange(BEFORE, restatted)).isEmpty();
        assertThat(CatalogSignature.describeChange(BEFORE, rewritten)).contains("rows rewritten");
    }

    @Test
    void takesANewEnumLabelForNoChangeButARenamedOneForOne() {
        var added = signature("r", BEFORE.columns(), Map.of(7L, "small", 8L, "large"), BEFORE.storage());
        var renamed = signature("r", BEFORE.columns(), Map.of(7L, "tiny"), BEFORE.storage());

        assertThat(CatalogSignature.describeChange(BEFORE, added)).isEmpty();
        assertThat(CatalogSignature.describeChange(BEFORE, renamed)).contains("enum label 'small' renamed to 'tiny'");
    }

    @Test
    void seesPartitionsComeAndGo() {
        var before = signature("p", Map.of(1, ID), Map.of(), Map.of(1L, storage("a", 1, ""), 2L, storage("b", 2, "")));
        var after = signature("p", Map.of(1, ID), Map.of(), Map.of(1L, storage("a", 1, ""), 3L, storage("c", 3, "")));

        assertThat(CatalogSignature.describeChange(before, after))
                .contains("partition b detached or dropped, partition c added");
    }

    @Test
    void takesAMissingTableForDropped() {
        assertThat(CatalogSignature.describeChange(BEFORE, null)).contains("table dropped");
    }
}
