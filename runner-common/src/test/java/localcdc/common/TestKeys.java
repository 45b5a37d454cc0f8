package localcdc.common;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import localcdc.common.http.KeyParser;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;

/** Keys by their values' text: one integer is a number, everything else the values themselves. */
public final class TestKeys implements KeyParser {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public Optional<PrimaryKey> parse(TableId table, List<String> values) {
        if (table.name().equals("customers") && !values.get(0).matches("-?\\d+")) {
            throw new IllegalArgumentException("'" + values.get(0) + "' is not an integer");
        }
        return Optional.of(of(values));
    }

    @Override
    public PrimaryKey ofFragments(TableId table, List<String> fragments) {
        return of(fragments.stream().map(TestKeys::text).toList());
    }

    private static PrimaryKey of(List<String> values) {
        if (values.size() == 1 && values.get(0).matches("-?\\d+")) {
            return PrimaryKey.of(Long.parseLong(values.get(0)));
        }
        return PrimaryKey.of(String.join("\0", values).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String fragment) {
        try {
            JsonNode value = JSON.readTree(fragment);
            return value.isTextual() ? value.textValue() : value.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
