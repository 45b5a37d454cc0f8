package localcdc.lab.up;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import localcdc.common.pg.PgSettings;

/** The one line of JSON that {@code lab up} prints when everything is ready; its fields are a contract. */
final class ReadyLine {

    private ReadyLine() {}

    /**
     * The line.
     *
     * @param own whether it is the lab's own server, whose password nobody knows yet
     */
    static String of(PgSettings postgres, boolean own) {
        var text = new StringWriter();
        try (var json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart("postgres");
            json.writeStringField("host", postgres.host());
            json.writeNumberField("port", postgres.port());
            json.writeStringField("database", postgres.database());
            json.writeStringField("user", postgres.user());
            if (own) {
                json.writeStringField("password", postgres.password());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot be written to", e);
        }
        return text.toString();
    }
}
