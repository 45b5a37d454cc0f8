package localcdc.embedded;

import java.util.List;
import java.util.Optional;
import localcdc.common.http.KeyParser;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;

/** Reads keys by the captured tables' key types, as they are at the moment of the call. */
final class CapturedKeys implements KeyParser {

    private final EmbeddedSource source;

    CapturedKeys(EmbeddedSource source) {
        this.source = source;
    }

    @Override
    public Optional<PrimaryKey> parse(TableId table, List<String> values) {
        var captured = source.captured().get(table);
        return captured == null ? Optional.empty() : Optional.of(captured.keys().ofPlain(values));
    }

    @Override
    public PrimaryKey ofFragments(TableId table, List<String> jsonFragments) {
        var captured = source.captured().get(table);
        if (captured == null) {
            throw new IllegalArgumentException(table + " is not captured");
        }
        return captured.keys().ofFragments(jsonFragments);
    }
}
