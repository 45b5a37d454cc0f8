package localcdc.core.decode;

import localcdc.core.decode.RecordDecoder.Kind;
import localcdc.core.decode.RecordDecoder.Seen;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Lsn;
import localcdc.core.event.SourcePosition;

/** What was read from one record; filled anew for each, so that reading makes no garbage of its own. For one thread. */
final class Answer {

    private final int partition;
    private SourcePosition position;
    private Kind kind;
    private ChangeEvent event;
    private Seen table;
    private long capturedMicros;
    private String content;
    private long lsn;
    private long commitMicros;

    Answer(int partition) {
        this.partition = partition;
        this.position = SourcePosition.ofUnknown(0, partition);
    }

    void clear() {
        kind = null;
        event = null;
        table = null;
        capturedMicros = 0;
        content = null;
        lsn = Lsn.NONE;
        commitMicros = 0;
    }

    Kind change(Kind which, ChangeEvent change, Seen seen, long captured) {
        kind = which;
        event = change;
        table = seen;
        capturedMicros = captured;
        return which;
    }

    Kind message(String text, long place, long committed, long captured) {
        kind = Kind.MESSAGE;
        content = text;
        lsn = place;
        commitMicros = committed;
        capturedMicros = captured;
        return kind;
    }

    Kind snapshotEnd(long place, long captured) {
        kind = Kind.SNAPSHOT_END;
        lsn = place;
        capturedMicros = captured;
        return kind;
    }

    Kind nothing() {
        kind = Kind.NOTHING;
        return kind;
    }

    /** One object for all changes of a transaction that follow each other. */
    SourcePosition transaction(long txId, long committed) {
        if (position.txId() != txId || position.commitMicros() != committed) {
            position = SourcePosition.ofTransaction(txId, committed, partition);
        }
        return position;
    }

    /** One object for all rows of a snapshot that follow each other and were read at the same time. */
    SourcePosition snapshot(long taken) {
        if (!position.snapshot() || position.commitMicros() != taken) {
            position = SourcePosition.ofSnapshot(taken, partition);
        }
        return position;
    }

    /** For a record that does not name its transaction. */
    SourcePosition unknown(long committed) {
        if (position.snapshot() || position.hasTransaction() || position.commitMicros() != committed) {
            position = SourcePosition.ofUnknown(committed, partition);
        }
        return position;
    }

    Kind kind() {
        return kind;
    }

    ChangeEvent event() {
        return event;
    }

    Seen table() {
        return table;
    }

    long capturedMicros() {
        return capturedMicros;
    }

    String content() {
        return content;
    }

    long lsn() {
        return lsn;
    }

    long commitMicros() {
        return commitMicros;
    }
}
