package localcdc.core.index;

import static localcdc.core.index.Events.PARCELS;
import static localcdc.core.index.Events.UNAVAILABLE;
import static localcdc.core.index.Events.create;
import static localcdc.core.index.Events.delete;
import static localcdc.core.index.Events.event;
import static localcdc.core.index.Events.indexWithSnapshot;
import static localcdc.core.index.Events.note;
import static localcdc.core.index.Events.read;
import static localcdc.core.index.Events.rekey;
import static localcdc.core.index.Events.state;
import static localcdc.core.index.Events.truncate;
import static localcdc.core.index.Events.update;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Lsn;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;
import org.junit.jupiter.api.Test;

class HashMapIndexerTest {

    private final HashMapIndexer indexer = indexWithSnapshot(100);

    @Test
    void keepsNewerRowWhenAnOlderEventIsReplayed() {
        indexer.apply(update(7, "shipped", 200));

        var result = indexer.apply(update(7, "packed", 150));

        assertThat(result).isEqualTo(ApplyResult.IGNORED_AS_STALE);
        assertThat(state(indexer, 7)).isEqualTo("\"shipped\"");
        assertThat(indexer.staleIgnored()).isEqualTo(1);
    }

    @Test
    void ignoresTheSameEventOnceMore() {
        indexer.apply(create(7, "packed", 150));

        assertThat(indexer.apply(create(7, "packed", 150))).isEqualTo(ApplyResult.IGNORED_AS_STALE);
        assertThat(stats().creates()).isEqualTo(1);
    }

    @Test
    void letsAStreamedChangeReplaceASnapshotReadEvenWhenItsPlaceInTheLogIsEarlier() {
        var filled = indexWithSnapshot(1000, 1);

        var result = filled.apply(update(1, "changed while the snapshot was open", 900));

        assertThat(result).isEqualTo(ApplyResult.APPLIED);
        assertThat(state(filled, 1)).isEqualTo("\"changed while the snapshot was open\"");
    }

    @Test
    void doesNotBringADeletedRowBackWhenAnOlderChangeIsReplayed() {
        indexer.apply(create(7, "packed", 150));
        indexer.apply(delete(7, 160));

        assertThat(indexer.apply(create(7, "packed", 150))).isEqualTo(ApplyResult.IGNORED_AS_STALE);
        assertThat(indexer.apply(update(7, "packed", 155))).isEqualTo(ApplyResult.IGNORED_AS_STALE);
        assertThat(state(indexer, 7)).isNull();
    }

    @Test
    void ignoresALateDuplicateOfADeleteAfterTheKeyWasUsedAgain() {
        indexer.apply(create(7, "first", 150));
        indexer.apply(delete(7, 160));
        indexer.apply(create(7, "second", 170));

        assertThat(indexer.apply(delete(7, 160))).isEqualTo(ApplyResult.IGNORED_AS_STALE);
        assertThat(state(indexer, 7)).isEqualTo("\"second\"");
    }

    @Test
    void movesARowToItsNewKeyAndKeepsWhatTheLogDidNotCarry() {
        indexer.apply(event(Operation.CREATE, 1, "packed", "a long note", 150, 150));

        indexer.apply(rekey(1, 2, "packed", UNAVAILABLE, 160));

        assertThat(state(indexer, 1)).isNull();
        assertThat(state(indexer, 2)).isEqualTo("\"packed\"");
        assertThat(note(indexer, 2)).isEqualTo("\"a long note\"");
        assertThat(stats().deletes()).isEqualTo(1);
        assertThat(indexer.reader().unavailableValues()).isZero();
    }

    @Test
    void replaysAKeyChangeWithoutHarm() {
        indexer.apply(create(1, "packed", 150));
        indexer.apply(rekey(1, 2, "packed", "", 160));
        indexer.apply(create(1, "another one", 170));

        indexer.apply(rekey(1, 2, "packed", "", 160));

        assertThat(state(indexer, 1)).isEqualTo("\"another one\"");
        assertThat(state(indexer, 2)).isEqualTo("\"packed\"");
    }

    @Test
    void takesAnUnchangedLargeValueFromTheStoredRow() {
        indexer.apply(event(Operation.CREATE, 1, "packed", "a long note", 150, 150));

        indexer.apply(event(Operation.UPDATE, 1, "shipped", UNAVAILABLE, 160, 160));

        assertThat(note(indexer, 1)).isEqualTo("\"a long note\"");
        assertThat(state(indexer, 1)).isEqualTo("\"shipped\"");
    }

    @Test
    void saysWhichValueIsNotKnownAndForgetsItWhenItBecomesKnown() throws IOException {
        indexer.apply(event(Operation.UPDATE, 1, "shipped", UNAVAILABLE, 160, 160));

        assertThat(indexer.reader().unavailableValues()).isEqualTo(1);
        assertThat(entry(1))
                .isEqualTo("{\"table\":\"shop.parcels\",\"key\":{\"id\":1},\"row\":{\"id\":1,\"state\":\"shipped\"},"
                        + "\"lsn\":\"0/A0\",\"unavailable\":[\"note\"]}");

        indexer.apply(event(Operation.UPDATE, 1, "shipped", null, 170, 170));

        assertThat(indexer.reader().unavailableValues()).isZero();
        assertThat(entry(1)).contains("\"note\":null").doesNotContain("unavailable");
    }

    @Test
    void truncateEmptiesTheTableAndLaterRowsStay() {
        var filled = indexWithSnapshot(100, 1, 2, 3);
        filled.apply(create(4, "streamed", 150));

        filled.apply(truncate(160));
        filled.apply(create(5, "after", 170));

        assertThat(filled.reader().table(PARCELS).orElseThrow().size()).isEqualTo(1);
        assertThat(state(filled, 5)).isEqualTo("\"after\"");
    }

    @Test
    void aReplayedTruncateTakesNothingThatCameAfterIt() {
        indexer.apply(create(4, "before", 150));
        indexer.apply(truncate(160));
        indexer.apply(create(5, "after", 170));

        assertThat(indexer.apply(truncate(160))).isEqualTo(ApplyResult.IGNORED_AS_STALE);
        assertThat(indexer.apply(create(4, "before", 150))).isEqualTo(ApplyResult.IGNORED_AS_STALE);
        assertThat(state(indexer, 4)).isNull();
        assertThat(state(indexer, 5)).isEqualTo("\"after\"");
    }

    @Test
    void aTruncateThatArrivesLateKeepsRowsThatWereWrittenAfterIt() {
        indexer.apply(create(4, "before", 150));
        indexer.apply(create(5, "after", 170));

        indexer.apply(truncate(160));

        assertThat(state(indexer, 4)).isNull();
        assertThat(state(indexer, 5)).isEqualTo("\"after\"");
    }

    @Test
    void dropsWhatAnInterruptedSnapshotReadAndTheNextOneDidNot() {
        indexer.apply(read(1, 100));
        indexer.apply(read(2, 100));
        indexer.apply(read(3, 100));
        indexer.apply(update(3, "streamed", 120));
        indexer.apply(read(2, 150));

        assertThat(indexer.snapshotEnded(150)).isEqualTo(1);

        assertThat(state(indexer, 1)).as("gone between the two").isNull();
        assertThat(state(indexer, 2)).as("read again").isEqualTo("\"read\"");
        assertThat(state(indexer, 3)).as("changed since").isEqualTo("\"streamed\"");
        assertThat(indexer.apply(read(1, 100)))
                .as("read once more from the topic")
                .isEqualTo(ApplyResult.IGNORED_AS_STALE);
        assertThat(indexer.snapshotEnded(140)).isZero();
    }

    @Test
    void keepsWhatAnIncrementalSnapshotReads() {
        indexer.apply(read(1, Lsn.NONE));

        assertThat(indexer.snapshotEnded(150)).isZero();

        assertThat(indexer.apply(read(2, Lsn.NONE))).isEqualTo(ApplyResult.APPLIED);
        assertThat(indexer.apply(read(3, 170))).as("a later snapshot").isEqualTo(ApplyResult.APPLIED);
    }

    @Test
    void countsRowsBeforeATruncateAgainOnceTheLogIsAnotherOne() {
        indexer.apply(truncate(160));
        indexer.snapshotEnded(160);
        assertThat(indexer.apply(create(1, "old", 50))).isEqualTo(ApplyResult.IGNORED_AS_STALE);

        indexer.forgetMarks();

        assertThat(indexer.apply(create(1, "new", 50))).isEqualTo(ApplyResult.APPLIED);
        assertThat(indexer.apply(read(2, 50))).isEqualTo(ApplyResult.APPLIED);
    }

    @Test
    void leavesATableAloneThatItDoesNotHold() {
        var other = ChangeEvent.truncate(new TableId("shop", "other"), 150, Events.transaction(1));

        assertThat(indexer.apply(other)).isEqualTo(ApplyResult.IGNORED_AS_UNKNOWN_TABLE);
    }

    @Test
    void readersSeeTheOldMapUntilARebuildIsWhole() {
        indexer.apply(create(1, "old", 150));
        var rebuild = indexer.beginRebuild(List.of(PARCELS));
        rebuild.put(PrimaryKey.of(2), Events.row(2, "new", ""), 500, SourcePosition.ofSnapshot(1));

        assertThat(state(indexer, 1)).isEqualTo("\"old\"");
        assertThat(state(indexer, 2)).isNull();

        rebuild.complete();

        assertThat(state(indexer, 1)).isNull();
        assertThat(state(indexer, 2)).isEqualTo("\"new\"");
    }

    @Test
    void aRebuildForgetsOldDeletionsAndTruncates() {
        indexer.apply(create(1, "old", 150));
        indexer.apply(delete(1, 600));
        indexer.apply(truncate(700));
        indexer.beginRebuild(List.of(PARCELS)).complete();

        assertThat(indexer.apply(create(1, "from a transaction that began early", 590)))
                .isEqualTo(ApplyResult.APPLIED);
    }

    @Test
    void pagesHoldEveryKeyOnceWhileOthersChange() {
        for (long id = 0; id < 95; id++) {
            indexer.apply(create(id, "x", 200 + id));
        }
        var seen = new java.util.ArrayList<String>();
        PrimaryKey after = null;
        while (true) {
            var page = indexer.reader().page(PARCELS, after, 10);
            if (page.isEmpty()) {
                break;
            }
            page.forEach(found -> seen.add(found.getKey().toString()));
            after = page.get(page.size() - 1).getKey();
            indexer.apply(update(0, "y", 1000 + seen.size()));
        }

        assertThat(seen).hasSize(95).doesNotHaveDuplicates();
    }

    @Test
    void tellsListenersTheStatesBeforeAndAfter() {
        var told = new java.util.ArrayList<String>();
        indexer.addListener((event, before, after) -> told.add(event.operation().label() + " "
                + (before == null ? null : before.row().json(1)) + " "
                + (after == null ? null : after.row().json(1))));

        indexer.apply(create(1, "a", 150));
        indexer.apply(update(1, "b", 160));
        indexer.apply(update(1, "b", 160));
        indexer.apply(delete(1, 170));
        indexer.apply(truncate(180));

        assertThat(told)
                .containsExactly("create null \"a\"", "update \"a\" \"b\"", "delete \"b\" null", "truncate null null");
    }

    private TableStats stats() {
        return indexer.reader().table(PARCELS).orElseThrow();
    }

    private String entry(long id) throws IOException {
        var out = new ByteArrayOutputStream();
        indexer.reader().get(PARCELS, PrimaryKey.of(id)).orElseThrow().writeEntryJson(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
