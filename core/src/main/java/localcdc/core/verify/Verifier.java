package localcdc.core.verify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import localcdc.core.event.TableId;
import localcdc.core.verify.UndecidedException.Scope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a runner's map with Postgres, row for row and both ways, while writes go on. It locks out no writer, raises no
 * false alarm and misses no difference that lasts; method and proof are in docs/concepts/verification.md.
 *
 * <p>Every table is read once at a cut of its own; whatever is not plainly equal then is looked at again, by key, at
 * further cuts. A difference counts when a second cut shows it too. For one thread; each verification takes a new one.
 */
public final class Verifier {

    private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);

    private final MapSide map;
    private final PostgresSide postgres;
    private final VerifySettings settings;
    private final Pauses pauses;
    private final VerifyListener listener;
    private final Suspects.Room room;
    private final List<Mismatch> mismatches = new ArrayList<>();

    public Verifier(MapSide map, PostgresSide postgres, VerifySettings settings, Pauses pauses) {
        this(map, postgres, settings, pauses, VerifyListener.NONE);
    }

    /** @param listener hears how far it has come */
    public Verifier(
            MapSide map, PostgresSide postgres, VerifySettings settings, Pauses pauses, VerifyListener listener) {
        this.listener = listener;
        this.map = map;
        this.postgres = postgres;
        this.settings = settings;
        this.pauses = pauses;
        this.room = new Suspects.Room(settings.suspects(), settings.suspectKeyCharacters());
    }

    /**
     * Compares the tables that the runner holds.
     *
     * @param wanted which of them; see {@link TableChoice}
     * @throws UndecidedException when nothing can be said about any table
     */
    public VerifyReport verify(TableChoice wanted) throws UndecidedException, InterruptedException {
        var choice = choose(wanted);
        var checks = choice.compared().stream()
                .map(table -> new TableCheck(table, room))
                .toList();
        round(checks, false);
        var deadline = pauses.now().plus(settings.patience());
        var pause = VerifySettings.SHORTEST_PAUSE;
        boolean last = false;
        while (!last && checks.stream().anyMatch(TableCheck::isOpen)) {
            pauses.pause(pause);
            pause = shorter(pause.multipliedBy(2), VerifySettings.LONGEST_PAUSE);
            if (checks.stream().noneMatch(TableCheck::needsReading)
                    && checks.stream().anyMatch(check -> check.differences() > 0)) {
                deadline = shorter(deadline, pauses.now().plus(VerifySettings.PATIENCE_AFTER_DIFFERENCE));
            }
            last = pauses.now().compareTo(deadline) >= 0;
            round(checks, last);
        }
        return new VerifyReport(checks.stream().map(TableCheck::report).toList(), choice.leftOut(), mismatches, "");
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private Chosen choose(TableChoice wanted) throws UndecidedException, InterruptedException {
        try (var session = openPatiently()) {
            var held = session.tables().stream().map(MapTable::table).toList();
            var leftOut = session.leftOutTables();
            var compared = wanted.of(held, leftOut).stream()
                    .sorted(Comparator.naturalOrder())
                    .toList();
            return new Chosen(compared, leftOut);
        }
    }

    private record Chosen(List<TableId> compared, List<TableId> leftOut) {}

    /** Reads what was not read yet and looks again at what is suspicious. */
    private void round(List<TableCheck> checks, boolean last) throws UndecidedException, InterruptedException {
        for (var check : checks) {
            try {
                if (check.needsReading()) {
                    read(check);
                } else if (check.needsLook()) {
                    lookAgain(check, last);
                }
            } catch (UndecidedException e) {
                if (e.scope() == Scope.ALL) {
                    throw e;
                }
                LOG.debug("{}: not decided at this cut: {}", check.table(), e.getMessage(), e.getCause());
                check.failed(e);
            }
        }
    }

    private MapSession openPatiently() throws UndecidedException, InterruptedException {
        var deadline = pauses.now().plus(settings.patience());
        while (true) {
            try {
                return map.open();
            } catch (UndecidedException e) {
                if (e.scope() != Scope.CUT) {
                    throw e;
                }
                if (pauses.now().compareTo(deadline) >= 0) {
                    throw new UndecidedException(
                            Scope.ALL,
                            e.getMessage(),
                            "Waited " + settings.patience().toSeconds() + " s. " + e.remedy(),
                            e);
                }
            }
            pauses.pause(VerifySettings.SHORTEST_PAUSE);
        }
    }

    private static MapTable find(MapSession session, TableId table) throws UndecidedException {
        for (var held : session.tables()) {
            if (held.table().equals(table)) {
                if (held.schemaChanged()) {
                    throw new UndecidedException(
                            Scope.CUT,
                            "Table " + table + " changed its definition; the runner is reading it again.",
                            "Verify again when the runner's status no longer says so.");
                }
                return held;
            }
        }
        throw new UndecidedException(
                Scope.TABLE, "The runner's map no longer holds table " + table + ".", "Look at the runner's log.");
    }

    private PostgresCut cut(MapSession session, MapTable table) throws UndecidedException {
        var cut = postgres.begin(table.table(), table.leftOut());
        boolean done = false;
        try {
            var marker = session.marker() + "-1";
            postgres.emit(marker);
            session.cut(cut.snapshot(), marker);
            done = true;
            return cut;
        } finally {
            if (!done) {
                cut.close();
            }
        }
    }

    private void read(TableCheck check) throws UndecidedException, InterruptedException {
        try (var session = openPatiently()) {
            var table = find(session, check.table());
            // What was read before the table's end is read again.
            listener.compared(check.table(), -check.rowsCompared());
            check.beginReading(table.leftOut());
            try (var cut = cut(session, table)) {
                var look = new Look(check, session, cut, new RowComparison(cut.numberRules(), table.leftOut()), false);
                boolean whole = look.readAll();
                if (!whole && check.suspects().size() == 0 && check.differences() == 0) {
                    throw new UndecidedException(
                            Scope.CUT, "Not read, since too many rows of other tables are not the same.", "");
                }
                check.endReading(!whole);
            }
        }
        listener.lookedAgain(check.table(), check.suspects().size());
        LOG.info(
                "{}: {} rows read, {} to be looked at again",
                check.table(),
                check.rowsCompared(),
                check.suspects().size());
    }

    private void lookAgain(TableCheck check, boolean last) throws UndecidedException, InterruptedException {
        try (var session = openPatiently()) {
            var table = find(session, check.table());
            try (var cut = cut(session, table)) {
                var rows = new RowComparison(cut.numberRules(), table.leftOut());
                var look = new Look(check, session, cut, rows, last);
                for (var keys : chunks(check.suspects().open())) {
                    look.again(keys);
                }
            }
            check.endLook();
            listener.lookedAgain(check.table(), check.suspects().size());
        }
    }

    private List<List<String>> chunks(List<String> keys) {
        var chunks = new ArrayList<List<String>>();
        for (int from = 0; from < keys.size(); from += settings.chunkRows()) {
            chunks.add(keys.subList(from, Math.min(keys.size(), from + settings.chunkRows())));
        }
        return chunks;
    }

    /** One look at one table at one cut. */
    private final class Look {

        private final TableCheck check;
        private final TableId table;
        private final MapSession session;
        private final PostgresCut cut;
        private final RowComparison rows;
        private final boolean last;
        private long found;
        private long undecided;

        Look(TableCheck check, MapSession session, PostgresCut cut, RowComparison rows, boolean last) {
            this.check = check;
            this.table = check.table();
            this.session = session;
            this.cut = cut;
            this.rows = rows;
            this.last = last;
        }

        /** Compares every row, both ways; false when it gave up for the number of suspicious rows. */
        boolean readAll() throws UndecidedException {
            cut.scan(batch -> {
                compare(batch);
                check.compared(batch.size());
                listener.compared(table, batch.size());
                return !room.isFull();
            });
            if (!room.isFull()) {
                findUnexpected();
            }
            return !room.isFull();
        }

        /** Looks at some rows again. */
        void again(List<String> keys) throws UndecidedException {
            var left = new LinkedHashSet<>(keys);
            cut.lookUp(keys, batch -> {
                batch.forEach(row -> left.remove(row.key()));
                compare(batch);
                return true;
            });
            compareAbsent(new ArrayList<>(left));
        }

        private void compare(List<PostgresRow> batch) throws UndecidedException {
            var keys = batch.stream().map(PostgresRow::key).toList();
            session.rows(table, keys, (i, answer) -> judge(keys.get(i), answer, batch.get(i)));
        }

        private void compareAbsent(List<String> keys) throws UndecidedException {
            if (!keys.isEmpty()) {
                session.rows(table, keys, (i, answer) -> judge(keys.get(i), answer, null));
            }
        }

        private void judge(String key, MapAnswer answer, PostgresRow row) {
            switch (answer.kind()) {
                case ROW -> found++;
                case UNDECIDED -> undecided++;
                case ABSENT -> {
                    // Counted by neither side of the comparison of counts.
                }
            }
            var finding = rows.compare(answer, row);
            if (finding == Finding.EQUAL) {
                check.suspects().remove(key);
                return;
            }
            check.unavailable(answer.unavailable());
            int differences = check.suspects().add(key, finding);
            if (differences < 2 || !finding.isDifference()) {
                return;
            }
            if (finding == Finding.RESHAPED && !last) {
                // The runner may be about to notice that the table's definition has changed.
                return;
            }
            var mismatch = Mismatch.of(table, cut.keyColumns(), key, answer, row, rows);
            check.confirm(key, mismatch.kind());
            if (mismatches.size() < VerifyReport.MISMATCHES_SHOWN) {
                mismatches.add(mismatch);
            }
        }

        /** The other way round: rows of the map that Postgres has not. Its keys are read only when the counts differ. */
        private void findUnexpected() throws UndecidedException {
            var count = session.count(table);
            if (count.undecided() > undecided) {
                throw new UndecidedException(
                        Scope.CUT,
                        "Rows of table " + table
                                + " were changed by transactions that had not visibly ended at any cut.",
                        "Look for transactions that wait for a synchronous standby, or verify again.");
            }
            if (count.visible() == found) {
                return;
            }
            long seenInBoth = found;
            var chunk = new ArrayList<String>();
            session.keys(table, key -> {
                chunk.add(key);
                if (chunk.size() == settings.chunkRows() && !room.isFull()) {
                    compareThoseAbsent(chunk);
                    chunk.clear();
                }
            });
            compareThoseAbsent(chunk);
            if (count.visible() != found && !room.isFull()) {
                throw new UndecidedException(
                        Scope.CUT,
                        "The map holds " + count.visible() + " rows of table " + table + ", but Postgres " + seenInBoth
                                + " of those, and no single row explains the rest.",
                        "This should not be: please report it.");
            }
        }

        private void compareThoseAbsent(List<String> keys) throws UndecidedException {
            var existing = cut.existing(keys);
            compareAbsent(keys.stream().filter(key -> !existing.contains(key)).toList());
        }
    }
}
