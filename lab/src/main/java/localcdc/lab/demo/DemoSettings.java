package localcdc.lab.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the demo was asked to do. Immutable.
 *
 * @param httpPort the port that the user gave, 0 for any; empty: 8080 or the next free one
 * @param rate changes a second
 * @param verifyEvery how often the map is compared with Postgres
 * @param kafka whether the path through Kafka runs, too
 * @param duration how long to run; empty: until a signal
 */
public record DemoSettings(
        OptionalInt httpPort, double rate, Duration verifyEvery, boolean kafka, Optional<Duration> duration) {}
