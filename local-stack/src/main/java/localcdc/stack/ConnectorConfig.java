package localcdc.stack;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The connector's configuration: the file {@code k8s/base/connector.json}, and over it what depends on the place. Each setting
 * is explained in docs/reference/connector.md.
 *
 * <p>Immutable: each method answers with another configuration.
 */
public final class ConnectorConfig {
    private static final String FILE = "/k8s/connector.json";

    private final Map<String, String> settings;

    private ConnectorConfig(Map<String, String> settings) {
        this.settings = Collections.unmodifiableMap(settings);
    }

    /** The file as it is. */
    public static ConnectorConfig read() {
        try (InputStream file = ConnectorConfig.class.getResourceAsStream(FILE)) {
            return new ConnectorConfig(
                    new ObjectMapper().readValue(file, new TypeReference<LinkedHashMap<String, String>>() {}));
        } catch (IOException broken) {
            throw new UncheckedIOException(FILE + " in the jar cannot be read", broken);
        }
    }

    /** Where Postgres is, and as whom to read it. {@code password} may be a reference ({@link LocalConnect#keepSecret}). */
    public ConnectorConfig postgres(String host, int port, String database, String user, String password) {
        return database("hostname", host)
                .database("port", Integer.toString(port))
                .database("dbname", database)
                .database("user", user)
                .database("password", password);
    }

    /** Whether the connections are encrypted, in the words of libpq. */
    public ConnectorConfig sslMode(String mode) {
        return database("sslmode", mode);
    }

    /** The converter looks types up over a connection of its own, and sees no setting but those behind its prefix. */
    private ConnectorConfig database(String property, String value) {
        return with("database." + property, value).with("canonical.database." + property, value);
    }

    /** What the topics' names begin with. */
    public ConnectorConfig topicPrefix(String prefix) {
        return with("topic.prefix", prefix)
                .with("notification.sink.topic.name", controlTopic(prefix))
                .with("topic.creation.control.include", exactly(controlTopic(prefix)));
    }

    /** The topic of truncates, messages and snapshots' ends. */
    public static String controlTopic(String prefix) {
        return prefix + ".control";
    }

    /** The slot, which the connector makes, and the publication, which must be there. */
    public ConnectorConfig slotAndPublication(String slot, String publication) {
        return with("slot.name", slot).with("publication.name", publication);
    }

    /** The tables, as {@code schema.table} without quotes, whatever characters are in them. */
    public ConnectorConfig tables(Collection<String> names) {
        return with("table.include.list", exactly(names));
    }

    /** Columns that never become part of a record, as {@code schema.table.column}; none: all columns do. */
    public ConnectorConfig columnsLeftOut(Collection<String> names) {
        return names.isEmpty() ? this : with("column.exclude.list", exactly(names));
    }

    /** How many partitions a table's topic gets when it is made; the control topic always has one. */
    public ConnectorConfig partitions(int count) {
        return with("topic.creation.default.partitions", Integer.toString(count));
    }

    /** Sets one property, whatever it was before. */
    public ConnectorConfig with(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        changed.put(name, value);
        return new ConnectorConfig(changed);
    }

    /** What {@code PUT /connectors/NAME/config} takes. */
    public Map<String, String> settings() {
        return settings;
    }

    private static String exactly(Collection<String> names) {
        return names.stream().map(ConnectorConfig::exactly).collect(Collectors.joining(","));
    }

    /** A regular expression that matches nothing but the name; a comma would end an entry of a list. */
    private static String exactly(String name) {
        StringBuilder expression = new StringBuilder();
        name.codePoints().forEach(character -> {
            if (character == ',') {
                expression.append("\\x2c");
            } else if (Character.isLetterOrDigit(character) || character == '_') {
                expression.appendCodePoint(character);
            } else if (character == '.') {
                expression.append("\\.");
            } else {
                expression.append(Pattern.quote(Character.toString(character)));
            }
        });
        return expression.toString();
    }
}
