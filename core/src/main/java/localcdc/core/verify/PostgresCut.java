package localcdc.core.verify;

import java.util.List;
import java.util.Map;
import java.util.Set;
import localcdc.core.value.NumberRule;

/** One table in one snapshot of the database. For one thread. */
public interface PostgresCut extends AutoCloseable {

    /** The snapshot, as {@code pg_current_snapshot()} prints it. */
    String snapshot();

    /** The names of the primary key's columns, in key order. */
    List<String> keyColumns();

    /** How numbers compare in columns where they do not compare exactly. */
    Map<String, NumberRule> numberRules();

    /** Hands over every row, in batches that take little memory, until the handler has had enough. */
    void scan(BatchHandler handler) throws UndecidedException;

    /**
     * Hands over the rows that have one of these keys, in batches that take little memory. A row's key is the one that was
     * asked for, as it was written there.
     */
    void lookUp(List<String> keys, BatchHandler handler) throws UndecidedException;

    /** Those of the keys that a row has, as they were written. */
    Set<String> existing(List<String> keys) throws UndecidedException;

    @Override
    void close();

    /** Takes some rows and says whether it wants more. */
    @FunctionalInterface
    interface BatchHandler {
        boolean rows(List<PostgresRow> rows) throws UndecidedException;
    }
}
