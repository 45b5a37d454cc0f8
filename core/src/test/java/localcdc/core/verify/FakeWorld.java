package localcdc.core.verify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import localcdc.core.event.TableId;
import localcdc.core.value.NumberRule;
import localcdc.core.verify.UndecidedException.Scope;

/** A map and a database in memory, with faults that tests plant; both sides of a {@link Verifier}, and its clock. */
final class FakeWorld implements MapSide, PostgresSide, Pauses {

    static final TableId CUSTOMERS = new TableId("inventory", "customers");

    /** One table on both sides. Keys are JSON arrays, rows JSON objects. */
    static final class Table {
        final Map<String, String> map = new TreeMap<>();
        final Map<String, String> postgres = new TreeMap<>();
        final Set<String> undecided = new TreeSet<>();
        final Set<String> changing = new TreeSet<>();
        final Map<String, List<String>> unavailable = new HashMap<>();
        final Map<String, NumberRule> numberRules = new HashMap<>();
        final List<String> leftOut = new ArrayList<>();
        boolean schemaChanged;
        UndecidedException trouble;
        /** Is told the number of each cut of this table, from 1, before it is made. */
        IntConsumer beforeCut = number -> {};

        int cuts;
        boolean keysRead;
        final Set<String> lookedUp = new HashSet<>();

        /** The same row on both sides. */
        Table both(int id, String row) {
            postgres.put("[" + id + "]", row);
            map.put("[" + id + "]", row);
            return this;
        }
    }

    final Map<TableId, Table> tables = new TreeMap<>();
    final List<TableId> leftOutTables = new ArrayList<>();
    final Set<String> markers = new HashSet<>();
    int sessionsOpen;
    int opened;
    int notReadyFor;
    Duration now = Duration.ofHours(5);

    Table customers() {
        return tables.computeIfAbsent(CUSTOMERS, id -> new Table());
    }

    /** Verifies with a minute's patience and chunks of 10 keys. */
    VerifyReport verify() throws UndecidedException, InterruptedException {
        return verify(1000);
    }

    VerifyReport verify(int suspects) throws UndecidedException, InterruptedException {
        var settings = new VerifySettings(Duration.ofMinutes(1), suspects, 1_000_000, 10);
        return new Verifier(this, this, settings, this).verify(TableChoice.all());
    }

    @Override
    public Duration now() {
        return now;
    }

    @Override
    public void pause(Duration time) {
        now = now.plus(time);
    }

    @Override
    public MapSession open() throws UndecidedException {
        if (notReadyFor > 0) {
            notReadyFor--;
            throw new UndecidedException(Scope.CUT, "The runner is SNAPSHOT.", "Wait.");
        }
        opened++;
        sessionsOpen++;
        return new Session("marker-" + opened);
    }

    @Override
    public PostgresCut begin(TableId id, List<String> leftOut) throws UndecidedException {
        var table = tables.get(id);
        if (table.trouble != null) {
            throw table.trouble;
        }
        table.beforeCut.accept(++table.cuts);
        return new Cut(table);
    }

    @Override
    public void emit(String marker) {
        markers.add(marker);
    }

    private final class Session implements MapSession {
        private final String marker;
        private boolean cut;

        Session(String marker) {
            this.marker = marker;
        }

        @Override
        public String marker() {
            return marker;
        }

        @Override
        public List<MapTable> tables() {
            return tables.entrySet().stream()
                    .map(table ->
                            new MapTable(table.getKey(), table.getValue().schemaChanged, table.getValue().leftOut))
                    .toList();
        }

        @Override
        public List<TableId> leftOutTables() {
            return leftOutTables;
        }

        @Override
        public void cut(String snapshot, String content) {
            if (!markers.contains(content) || !content.startsWith(marker)) {
                throw new IllegalStateException("the marker " + content + " was not emitted");
            }
            cut = true;
        }

        private Table asked(TableId id) {
            if (!cut) {
                throw new IllegalStateException("asked before the cut");
            }
            return tables.get(id);
        }

        @Override
        public void rows(TableId id, List<String> keys, AnswerHandler answers) {
            var table = asked(id);
            for (int i = 0; i < keys.size(); i++) {
                var key = keys.get(i);
                MapAnswer answer;
                if (table.undecided.contains(key)) {
                    answer = MapAnswer.UNDECIDED;
                } else if (table.map.containsKey(key)) {
                    answer = MapAnswer.row(table.map.get(key), table.unavailable.getOrDefault(key, List.of()));
                } else {
                    answer = MapAnswer.ABSENT;
                }
                answers.answer(i, answer);
            }
        }

        @Override
        public MapCount count(TableId id) {
            var table = asked(id);
            long visible = table.map.keySet().stream()
                    .filter(key -> !table.undecided.contains(key))
                    .count();
            return new MapCount(visible, table.undecided.size());
        }

        @Override
        public void keys(TableId id, KeyHandler handler) throws UndecidedException {
            var table = asked(id);
            table.keysRead = true;
            for (var key : table.map.keySet()) {
                if (!table.undecided.contains(key)) {
                    handler.key(key);
                }
            }
        }

        @Override
        public void close() {
            sessionsOpen--;
        }
    }

    private static final class Cut implements PostgresCut {
        private static final int BATCH_ROWS = 7;

        private final Table table;

        Cut(Table table) {
            this.table = table;
        }

        @Override
        public String snapshot() {
            return "100:100:";
        }

        @Override
        public List<String> keyColumns() {
            return List.of("id");
        }

        @Override
        public Map<String, NumberRule> numberRules() {
            return table.numberRules;
        }

        @Override
        public void scan(BatchHandler handler) throws UndecidedException {
            hand(List.copyOf(table.postgres.keySet()), handler);
        }

        @Override
        public void lookUp(List<String> keys, BatchHandler handler) throws UndecidedException {
            table.lookedUp.addAll(keys);
            hand(keys.stream().filter(table.postgres::containsKey).toList(), handler);
        }

        private void hand(List<String> keys, BatchHandler handler) throws UndecidedException {
            var batch = new ArrayList<PostgresRow>();
            for (var key : keys) {
                batch.add(new PostgresRow(key, table.postgres.get(key), table.changing.contains(key)));
                if (batch.size() == BATCH_ROWS) {
                    if (!handler.rows(List.copyOf(batch))) {
                        return;
                    }
                    batch.clear();
                }
            }
            if (!batch.isEmpty()) {
                handler.rows(batch);
            }
        }

        @Override
        public Set<String> existing(List<String> keys) {
            var existing = new HashSet<>(keys);
            existing.retainAll(table.postgres.keySet());
            return existing;
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
