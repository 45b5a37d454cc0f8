package localcdc.lab.up;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import localcdc.common.pg.PgSettings;
import localcdc.lab.KafkaPlatform;

/** The one line of JSON that {@code lab up} prints when everything is ready; its fields are a contract. */
final class ReadyLine {

    private ReadyLine() {}

    /**
     * The line.
     *
     * @param own whether it is the lab's own server, whose password nobody knows yet
     * @param kafka null without Kafka
     */
    static String of(PgSettings postgres, boolean own, KafkaPlatform kafka) {
        return kafka == null
                ? of(postgres, own, null, null, null, null)
                : of(
                        postgres,
                        own,
                        kafka.bootstrapServers(),
                        kafka.connectUrl(),
                        kafka.connector(),
                        kafka.topicPrefix());
    }

    static String of(
            PgSettings postgres,
            boolean own,
            String bootstrapServers,
            String connectUrl,
            String connector,
            String topicPrefix) {
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
            if (bootstrapServers != null) {
                object(json, "kafka", "bootstrapServers", bootstrapServers);
                object(json, "connect", "url", connectUrl);
                json.writeStringField("connector", connector);
                json.writeStringField("topicPrefix", topicPrefix);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot be written to", e);
        }
        return text.toString();
    }

    private static void object(JsonGenerator json, String name, String field, String value) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField(field, value);
        json.writeEndObject();
    }
}
