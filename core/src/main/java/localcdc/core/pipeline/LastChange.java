package localcdc.core.pipeline;

import java.time.Instant;
import java.util.Map;
import localcdc.core.event.Operation;
import localcdc.core.event.TableId;

/**
 * The change that was applied last, and where its time went.
 *
 * @param lsn the change's own place in the log
 * @param commitTime by the database's clock; null where the path does not know it
 * @param stagesMillis what it took for each of the path's {@link Stages}; null where the path does not know
 * @param totalMillis from the commit to the moment the row could be read from the map; null where
 *     the path does not know the commit's time
 */
public record LastChange(
        TableId table,
        Operation operation,
        long lsn,
        Instant commitTime,
        Map<String, Double> stagesMillis,
        Double totalMillis) {}
