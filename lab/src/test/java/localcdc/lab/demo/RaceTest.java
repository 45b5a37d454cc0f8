package localcdc.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.RowShape;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;
import org.junit.jupiter.api.Test;

class RaceTest {

    private static final RowShape SHAPE = new RowShape(new TableId("inventory", "customers"), List.of("id", "name"), 0);

    private final Race race = new Race();

    private static ChangeEvent change(int id, long lsn) {
        var writer = new RowWriter().begin();
        writer.add(Integer.toString(id));
        writer.add("\"x\"");
        var row = writer.row(SHAPE);
        return ChangeEvent.of(Operation.UPDATE, PrimaryKey.of(id), row, lsn, SourcePosition.ofTransaction(1, 0));
    }

    private JsonNode standing(Optional<String> key) {
        return new ObjectMapper().valueToTree(race.standing(10, key));
    }

    @Test
    void tellsWhichPathWasTheFirst() {
        var fast = race.path("fast");
        var slow = race.path("slow");

        fast.changed(change(1, 10), null, null);
        slow.changed(change(1, 10), null, null);

        var standing = standing(Optional.empty());
        assertThat(standing.path("changes").asInt()).isOne();
        assertThat(standing.at("/paths/fast/first").asInt()).isOne();
        assertThat(standing.at("/paths/slow/first").asInt()).isZero();
        assertThat(standing.at("/latest/0/behindMillis/fast").asDouble(-1)).isZero();
        assertThat(standing.at("/latest/0/behindMillis/slow").asDouble(-1)).isPositive();
    }

    @Test
    void showsWhatNotEveryPathHasSeen() {
        var there = race.path("there");
        race.path("away");

        there.changed(change(1, 10), null, null);
        there.changed(change(2, 11), null, null);

        var standing = standing(Optional.of("{\"id\":2}"));
        assertThat(standing.path("changes").asInt()).isZero();
        assertThat(standing.path("latest")).hasSize(1);
        assertThat(standing.at("/latest/0/behindMillis/away").isNull()).isTrue();
    }

    @Test
    void countsAChangeOnceForAPathThatReadsItAgain() {
        var one = race.path("one");
        var other = race.path("other");
        one.changed(change(1, 10), null, null);
        race.path("one").changed(change(1, 10), null, null);
        other.changed(change(1, 10), null, null);

        assertThat(standing(Optional.empty()).path("changes").asInt()).isOne();
    }
}
