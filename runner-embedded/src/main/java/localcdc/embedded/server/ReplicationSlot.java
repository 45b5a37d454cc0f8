package localcdc.embedded.server;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A replication slot as the server shows it.
 *
 * @param plugin empty for a physical slot
 * @param database empty for a physical slot
 * @param activePid the backend that uses it; 0 when none does
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}; empty when it keeps nothing
 * @param safeWalSize bytes that may still be written before it is lost; empty when there is no limit, or it is lost
 * @param retainedBytes bytes of write-ahead log that the server keeps because of it
 * @param confirmedFlush how far its reader has confirmed; 0 when it has not
 * @param invalidationReason why it is lost; from PostgreSQL 17
 * @param own whether its name begins as those of this project's runners do
 */
public record ReplicationSlot(
        String name,
        String plugin,
        String database,
        boolean active,
        int activePid,
        String walStatus,
        OptionalLong safeWalSize,
        long retainedBytes,
        long confirmedFlush,
        Optional<String> invalidationReason,
        boolean own) {}
