package localcdc.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.RowShape;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;
import localcdc.core.index.HashMapIndexer;
import localcdc.core.source.ChangeHandler;
import localcdc.core.source.ChangeSource;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StagesTest {

    private static final TableId PARCELS = new TableId("shop", "parcels");
    private static final RowShape SHAPE = new RowShape(PARCELS, List.of("id"), 0);

    private final Source source = new Source();
    private final Pipeline pipeline = new Pipeline("test", source, new HashMapIndexer());
    private final long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    private ChangeHandler handler;

    private static final class Source implements ChangeSource {
        private ChangeHandler handler;

        @Override
        public List<String> stages() {
            return List.of("commitToCaptured", "capturedToAppended", "appendedToApplied");
        }

        @Override
        public void start(ChangeHandler given) {
            handler = given;
        }

        @Override
        public SourceStatus status() {
            throw new UnsupportedOperationException("stages need no status of their source");
        }

        @Override
        public void stop(Duration grace) {
            // Nothing was begun.
        }
    }

    @BeforeEach
    void start() throws SourceException {
        pipeline.start();
        handler = source.handler;
        handler.open(PARCELS);
    }

    private static ChangeEvent change(Operation operation, long id, long lsn, SourcePosition position) {
        var row = new RowWriter().begin();
        row.add(Long.toString(id));
        return ChangeEvent.of(operation, PrimaryKey.of(id), row.row(SHAPE), lsn, position);
    }

    private static ChangeEvent update(long id, long lsn, long committed) {
        return change(Operation.UPDATE, id, lsn, SourcePosition.ofTransaction(lsn, committed));
    }

    private Latency.Percentiles of(String stage) {
        return pipeline.stages().latency(stage).percentiles();
    }

    @Test
    void splitsTheWayIntoStages() {
        handler.apply(update(1, 10, now - 9000), new long[] {now - 7000, now - 4000});

        assertThat(of("commitToCaptured").max()).isBetween(1.99, 2.01);
        assertThat(of("capturedToAppended").max()).isBetween(2.99, 3.01);
        assertThat(of("appendedToApplied").max()).isGreaterThan(3.9);
        var last = pipeline.lastChange().orElseThrow();
        assertThat(last.table()).isEqualTo(PARCELS);
        assertThat(last.operation()).isEqualTo(Operation.UPDATE);
        assertThat(last.lsn()).isEqualTo(10);
        assertThat(last.commitTime()).isEqualTo(Instant.EPOCH.plus(now - 9000, ChronoUnit.MICROS));
        assertThat(last.stagesMillis()).containsEntry("commitToCaptured", 2.0).containsEntry("capturedToAppended", 3.0);
        assertThat(last.totalMillis()).isEqualTo(5.0 + last.stagesMillis().get("appendedToApplied"), within(1e-6));
    }

    @Test
    void leavesOutStagesWhoseBeginningOrEndIsNotKnown() {
        handler.apply(update(1, 10, now - 9000), new long[] {0, now - 4000});

        assertThat(of("commitToCaptured").count()).isZero();
        assertThat(of("capturedToAppended").count()).isZero();
        assertThat(of("appendedToApplied").count()).isOne();
        assertThat(pipeline.lastChange().orElseThrow().stagesMillis())
                .containsEntry("commitToCaptured", null)
                .containsEntry("capturedToAppended", null);
    }

    @Test
    void takesNoUnknownCommitForOneLongAgo() {
        handler.apply(update(1, 10, 0), new long[] {now - 7000, now - 4000});

        assertThat(pipeline.latency().percentiles().count()).isZero();
        assertThat(of("commitToCaptured").count()).isZero();
        assertThat(of("capturedToAppended").count()).isOne();
        assertThat(pipeline.lastChange().orElseThrow().totalMillis()).isNull();
        assertThat(pipeline.lastChange().orElseThrow().commitTime()).isNull();
    }

    @Test
    void takesTheClocksDifferenceOutOfTheFirstStageAlone() {
        handler.clockOffset(1_000_000);

        handler.apply(update(1, 10, now - 9000 + 1_000_000), new long[] {now - 7000, now - 4000});

        assertThat(of("commitToCaptured").max()).isBetween(1.99, 2.01);
        assertThat(of("appendedToApplied").max()).isLessThan(1000);
        assertThat(pipeline.lastChange().orElseThrow().commitTime())
                .isEqualTo(Instant.EPOCH.plus(now - 9000 + 1_000_000, ChronoUnit.MICROS));
    }

    @Test
    void countsEveryChangeOfATransactionAndShowsItsLast() {
        handler.collect(update(1, 10, now - 9000));
        handler.collect(update(2, 11, now - 9000));
        handler.commit(new long[] {now - 7000, now - 4000}, () -> {});

        assertThat(of("capturedToAppended").count()).isEqualTo(2);
        assertThat(pipeline.lastChange().orElseThrow().lsn()).isEqualTo(11);
    }

    @Test
    void knowsNothingOfSnapshotsReplaysAndStaleChanges() {
        var moments = new long[] {now, now};
        handler.apply(change(Operation.READ, 1, 10, SourcePosition.ofSnapshot(now)), moments);
        handler.replay(update(2, 11, now));
        handler.apply(update(2, 9, now), moments);

        assertThat(pipeline.lastChange()).isEmpty();
        assertThat(of("appendedToApplied").count()).isZero();
        assertThat(of("capturedToAppended").count()).isZero();
    }

    @Test
    void forgetsTheDistributionsWhenToldTo() {
        handler.apply(update(1, 10, now - 9000), new long[] {now - 7000, now - 4000});

        pipeline.stages().reset();

        assertThat(of("commitToCaptured").count()).isZero();
    }

    @Test
    void neverShowsHalfAChange() throws InterruptedException {
        var stop = new AtomicBoolean();
        var writer = new Thread(() -> {
            for (long lsn = 1; !stop.get(); lsn++) {
                handler.apply(update(1, lsn, lsn), new long[] {2 * lsn, 2 * lsn + 1000});
            }
        });
        writer.start();
        try {
            for (int i = 0; i < 20_000; i++) {
                pipeline.lastChange().ifPresent(last -> {
                    assertThat(last.commitTime()).isEqualTo(Instant.EPOCH.plus(last.lsn(), ChronoUnit.MICROS));
                    assertThat(last.stagesMillis().get("commitToCaptured")).isEqualTo(last.lsn() / 1000.0);
                    assertThat(last.stagesMillis().get("capturedToAppended")).isEqualTo(1.0);
                });
            }
        } finally {
            stop.set(true);
            writer.join();
        }
    }
}
