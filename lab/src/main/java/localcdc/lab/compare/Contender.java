package localcdc.lab.compare;

import java.util.Locale;
import java.util.Optional;
import localcdc.lab.bench.ConnectorKind;
import localcdc.lab.bench.Variant;

/**
 * A path that takes part: a column of the table. Another engine is one more entry here, with a {@link Variant} that obeys
 * the orders of a probe.
 */
enum Contender {
    DIRECT("direct", Variant.MAP_DIRECT_LATENCY, null),
    EMBEDDED("embedded", Variant.MAP_LATENCY, null),
    KAFKA("kafka", Variant.MAP_KAFKA_LATENCY, ConnectorKind.SHIPPED),
    /** Debezium's engine as one meets it first. Its map holds what the engine gives, so there is nothing to compare. */
    EMBEDDED_DEFAULTS("embedded, defaults", Variant.ENGINE_LATENCY, null),
    /** Connect and Debezium as one meets them first, read by our runner. */
    KAFKA_DEFAULTS("kafka, defaults", Variant.MAP_KAFKA_LATENCY, ConnectorKind.DEFAULTS);

    private final String title;
    private final Variant variant;
    private final ConnectorKind connector;

    Contender(String title, Variant variant, ConnectorKind connector) {
        this.title = title;
        this.variant = variant;
        this.connector = connector;
    }

    /** As people read it. */
    String title() {
        return title;
    }

    /** What runs in its JVM. */
    Variant variant() {
        return variant;
    }

    /** How Connect is configured, where it takes part. */
    Optional<ConnectorKind> connector() {
        return Optional.ofNullable(connector);
    }

    /** Whether it is the platform as shipped, and not what it is shown beside. */
    boolean isOurs() {
        return this == DIRECT || this == EMBEDDED || this == KAFKA;
    }

    /** The name of its slot, and of its topics where it has some. */
    String slot() {
        return "compare_" + name().toLowerCase(Locale.ROOT);
    }

    /** Whether its map can be compared with Postgres. */
    boolean hasRows() {
        return variant.isOurs();
    }
}
