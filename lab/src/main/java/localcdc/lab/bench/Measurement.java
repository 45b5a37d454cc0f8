package localcdc.lab.bench;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one variant has shown in one round.
 *
 * @param round from 1 on
 * @param values by name; which names there are depends on the variant
 */
record Measurement(int round, Variant variant, Map<String, Double> values) {

    static final String COUNT = "count";
    static final String SECONDS = "seconds";
    /** From the start of the reader to its first change. */
    static final String START_SECONDS = "startSeconds";

    static final String CPU_SECONDS = "cpuSeconds";
    /** 1 when the map equals Postgres, else 0. */
    static final String EQUAL = "equal";

    static final String BYTES_A_ROW = "bytesPerRow";

    Measurement {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    double value(String name) {
        var value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(variant + " has no " + name + ", only " + values.keySet());
        }
        return value;
    }

    /** Changes or rows a second. */
    double rate() {
        return value(COUNT) / value(SECONDS);
    }

    /** Whether the map was compared with Postgres and was not the same. */
    boolean isDifferent() {
        return values.getOrDefault(EQUAL, 1.0) != 1.0;
    }
}
