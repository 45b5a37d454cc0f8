package localcdc.common.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import localcdc.common.TestKeys;
import localcdc.common.TestSource;
import localcdc.common.http.StatusServer;
import localcdc.common.report.RunnerStatus;
import localcdc.core.event.Operation;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;
import localcdc.core.index.HashMapIndexer;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceState;
import localcdc.core.verify.MapAnswer;
import localcdc.core.verify.MapCount;
import localcdc.core.verify.MapSession;
import localcdc.core.verify.MapTable;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.UndecidedException.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against the real status server of a runner whose source is driven by hand. */
class HttpMapSideTest {

    private static final RowShape ODD =
            new RowShape(new TableId("in.v%e n", "k und e+n\"é"), List.of("id", "größe"), 0);
    private static final TableId TABLE = ODD.table();
    private static final TableId LEFT_OUT = new TableId("in.v%e n", "secrets");

    private final TestSource source = new TestSource();
    private final Pipeline pipeline = new Pipeline("embedded", source, new HashMapIndexer());
    private final RunnerStatus status = RunnerStatus.of(pipeline)
            .leftOutColumns(Map.of(TABLE, List.of("ssn")))
            .leftOutTables(Set.of(LEFT_OUT))
            .build();
    private StatusServer server;
    private HttpMapSide side;

    @BeforeEach
    void start() throws Exception {
        server = StatusServer.of(status, new TestKeys())
                .address("127.0.0.1", OptionalInt.of(0))
                .start();
        side = new HttpMapSide(URI.create(server.url() + "/"), Duration.ZERO);
        pipeline.start();
    }

    @AfterEach
    void stop() {
        server.close();
        status.close();
    }

    private void fill() {
        source.snapshot(Map.of(ODD, List.of(List.of("1", "\"a\\nb\""), List.of("2", "?"), List.of("3", "1.50"))));
    }

    private static List<MapAnswer> rows(MapSession session, String... keys) throws UndecidedException {
        var answers = new ArrayList<MapAnswer>();
        session.rows(TABLE, List.of(keys), (i, answer) -> {
            assertThat(i).isEqualTo(answers.size());
            answers.add(answer);
        });
        return answers;
    }

    private MapSession cut(String snapshot) throws UndecidedException {
        var session = side.open();
        source.handler().marker(session.marker() + "-1");
        session.cut(snapshot, session.marker() + "-1");
        return session;
    }

    @Test
    void asksForTheRowsOfACut() throws Exception {
        fill();
        try (var session = side.open()) {
            assertThat(session.tables()).containsExactly(new MapTable(TABLE, false, List.of("ssn")));
            assertThat(session.leftOutTables()).containsExactly(LEFT_OUT);
            source.change(Operation.UPDATE, ODD, 200, "1", "\"later\"");
            source.delete(ODD, 100, "3");
            source.change(Operation.CREATE, ODD, 200, "4", "4");
            source.handler().marker(session.marker() + "-1");

            session.cut("101:101:", session.marker() + "-1");

            assertThat(rows(session, "[1]", "[2]", "[3]", "[4]"))
                    .containsExactly(
                            MapAnswer.row("{\"id\":1,\"größe\":\"a\\nb\"}", List.of()),
                            MapAnswer.row("{\"id\":2}", List.of("größe")),
                            MapAnswer.ABSENT,
                            MapAnswer.ABSENT);
            assertThat(session.count(TABLE)).isEqualTo(new MapCount(2, 0));
            var keys = new ArrayList<String>();
            session.keys(TABLE, keys::add);
            assertThat(keys).containsExactlyInAnyOrder("[1]", "[2]");
        }
    }

    @Test
    void aRowWhoseTransactionTheSnapshotDoesNotSeeIsUndecided() throws Exception {
        fill();
        source.change(Operation.UPDATE, ODD, 100, "1", "2");

        try (var session = cut("100:101:100")) {
            assertThat(rows(session, "[1]")).containsExactly(MapAnswer.UNDECIDED);
            assertThat(session.count(TABLE)).isEqualTo(new MapCount(2, 1));
        }
    }

    @Test
    void endsItsSession() throws Exception {
        fill();
        for (int i = 0; i < 10; i++) {
            cut("1:1:").close();
        }
        var session = cut("1:1:");
        session.close();

        assertThat(catchThrowableOfType(UndecidedException.class, () -> rows(session, "[1]"))
                        .scope())
                .isEqualTo(Scope.CUT);
    }

    @Test
    void aRebuildEndsTheCutAndNoMore() throws Exception {
        fill();
        try (var session = cut("1:1:")) {
            fill();

            assertThat(catchThrowableOfType(UndecidedException.class, () -> rows(session, "[1]")))
                    .hasMessageContaining("rebuilt")
                    .extracting(UndecidedException::scope)
                    .isEqualTo(Scope.CUT);
        }
    }

    @Test
    void saysInWhichStateTheRunnerIsWhileItIsNotReady() {
        source.handler().state(SourceState.SNAPSHOT, "reading inventory.customers");

        assertThat(catchThrowableOfType(UndecidedException.class, side::open))
                .hasMessageContaining("is not ready: it is SNAPSHOT (reading inventory.customers)")
                .extracting(UndecidedException::scope)
                .isEqualTo(Scope.CUT);
    }

    @Test
    void aTableThatTheMapDoesNotHoldConcernsThatTableAlone() throws Exception {
        fill();
        try (var session = cut("1:1:")) {
            var other = new TableId("inventory", "orders");

            assertThat(catchThrowableOfType(UndecidedException.class, () -> session.count(other))
                            .scope())
                    .isEqualTo(Scope.TABLE);
        }
    }

    @Test
    void saysThatNoRunnerIsThere() {
        server.close();

        assertThatThrownBy(side::open)
                .isInstanceOfSatisfying(
                        UndecidedException.class, e -> assertThat(e.scope()).isEqualTo(Scope.ALL))
                .hasMessageStartingWith("No runner answers at http://127.0.0.1:");
    }

    @Test
    void saysThatSomethingElseIsThere() {
        var elsewhere = new HttpMapSide(URI.create(server.url() + "/api/status"), Duration.ZERO);

        assertThatThrownBy(elsewhere::open).hasMessageContaining("is no runner of this version");
    }
}
