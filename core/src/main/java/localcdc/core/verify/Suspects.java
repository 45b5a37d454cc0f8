package localcdc.core.verify;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of one table that need another look, by key, and what earlier looks have shown. Bounded by {@link Room}. */
final class Suspects {

    /** Room for the suspects of all tables together. */
    static final class Room {
        private long rows;
        private long characters;

        Room(long rows, long characters) {
            this.rows = rows;
            this.characters = characters;
        }

        boolean isFull() {
            return rows <= 0 || characters <= 0;
        }

        private void take(String key) {
            rows--;
            characters -= key.length();
        }

        private void giveBack(String key) {
            rows++;
            characters += key.length();
        }
    }

    /** How often one row was seen to differ, and what the latest look has shown. */
    private record History(Finding latest, int differences, int unavailable, boolean confirmed) {

        History and(Finding finding) {
            return new History(
                    finding,
                    differences + (finding.isDifference() ? 1 : 0),
                    unavailable + (finding == Finding.UNAVAILABLE ? 1 : 0),
                    false);
        }

        boolean isOpen() {
            // Nothing but a write brings an unknown value back: more looks would show the same.
            boolean settled = latest == Finding.UNAVAILABLE && unavailable >= 2;
            return !confirmed && !settled;
        }
    }

    private static final History NONE = new History(Finding.EQUAL, 0, 0, false);

    private final Map<String, History> byKey = new LinkedHashMap<>();
    private final Room room;
    private int confirmed;

    Suspects(Room room) {
        this.room = room;
    }

    /** Remembers one look; returns how often the row was seen to differ, 0 once it is confirmed. */
    int add(String key, Finding finding) {
        var before = byKey.get(key);
        if (before == null) {
            room.take(key);
        } else if (before.confirmed) {
            return 0;
        }
        var now = (before == null ? NONE : before).and(finding);
        byKey.put(key, now);
        return now.differences;
    }

    /** The row is certain to differ. It stays known, so that it is not counted twice when its table is read again. */
    void confirm(String key) {
        var before = byKey.get(key);
        byKey.put(key, new History(before.latest, before.differences, before.unavailable, true));
        confirmed++;
    }

    /** The table will not be read again. */
    void forgetConfirmed() {
        byKey.entrySet().removeIf(entry -> {
            boolean over = entry.getValue().confirmed;
            if (over) {
                room.giveBack(entry.getKey());
            }
            return over;
        });
        confirmed = 0;
    }

    /** The row is equal on both sides; one that was certain to differ stays so. */
    void remove(String key) {
        var before = byKey.get(key);
        if (before != null && !before.confirmed) {
            byKey.remove(key);
            room.giveBack(key);
        }
    }

    /** How many rows are suspicious and not certain to differ. */
    int size() {
        return byKey.size() - confirmed;
    }

    /** The keys that another look may decide. */
    List<String> open() {
        var keys = new ArrayList<String>();
        byKey.forEach((key, history) -> {
            if (history.isOpen()) {
                keys.add(key);
            }
        });
        return keys;
    }

    boolean hasOpen() {
        return byKey.values().stream().anyMatch(History::isOpen);
    }

    /** How many rows the latest look left with one of these findings. */
    long count(Finding first, Finding... others) {
        Set<Finding> wanted = EnumSet.of(first, others);
        return byKey.values().stream()
                .filter(history -> !history.confirmed && wanted.contains(history.latest))
                .count();
    }
}
