package localcdc.core.verify;

import java.time.Duration;

/**
 * How long a verification may take to decide and how much it may remember.
 *
 * @param patience how long to wait for a runner that is not ready, and for rows and tables that stay undecided; the time
 *     that reading the tables takes is not counted
 * @param suspects how many rows may wait for another look at once; beyond that it stops early
 * @param suspectKeyCharacters how long their keys may be, all together
 * @param chunkRows how many keys are sent at a time
 */
public record VerifySettings(Duration patience, int suspects, long suspectKeyCharacters, int chunkRows) {

    /** The shortest time between two looks at one row. */
    static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);

    /** The longest time between two looks at one row. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** How much longer to wait for undecided rows once some difference is certain. */
    static final Duration PATIENCE_AFTER_DIFFERENCE = Duration.ofSeconds(5);

    public VerifySettings {
        if (patience.isNegative() || suspects < 1 || suspectKeyCharacters < 1 || chunkRows < 1) {
            throw new IllegalArgumentException("every bound of a verification is above zero");
        }
    }

    /** Bounds that let a million rows be verified with 128 MB of memory. */
    public static VerifySettings withPatience(Duration patience) {
        return new VerifySettings(patience, 100_000, 8_000_000, 1000);
    }
}
