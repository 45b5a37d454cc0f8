package localcdc.embedded.server;

import java.util.Locale;

/** What streams the changes: it decides which tables and values can be carried. */
public enum Engine {
    /** The Debezium engine, in this JVM. */
    DEBEZIUM,
    /** The replication protocol itself, decoded here. */
    DIRECT;

    /** As in the flag {@code --engine} and in status. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
