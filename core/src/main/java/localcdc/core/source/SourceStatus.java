package localcdc.core.source;

import java.util.Map;
import java.util.Set;
import localcdc.core.event.TableId;

/**
 * What a source knows of itself.
 *
 * @param lagBytes bytes of write-ahead log that the server has written beyond the source's position; null if unknown
 * @param heartbeatAgeSeconds seconds since a heartbeat came by; null where there are none
 * @param schemaChanged tables whose definition has changed since they were read: their rows may be out of date until
 *     they are read again
 * @param details further facts for people, in a stable order: names and plain values, for {@code /api/status}
 */
public record SourceStatus(
        Long lagBytes, Double heartbeatAgeSeconds, Set<TableId> schemaChanged, Map<String, Object> details) {}
