package localcdc.core.event;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A row's primary key, of one or many columns, as a key of the map. Two keys are equal when Postgres' equality says so:
 * the bytes come from {@link localcdc.core.value.KeyCanonicalizer}, which maps equal values to equal bytes. Immutable.
 *
 * <p>A key of one integer column is kept as a number, which takes half the memory of the general form.
 */
public abstract sealed class PrimaryKey implements Comparable<PrimaryKey> {

    private static final byte INTEGER = 0;
    private static final byte BYTES = 1;

    private PrimaryKey() {}

    /** The key of one smallint, integer or bigint column. */
    public static PrimaryKey of(long value) {
        return new OfInteger(value);
    }

    /** A key of any other kind, by its canonical bytes, which nobody may write to afterwards. */
    public static PrimaryKey of(byte[] canonical) {
        return new OfBytes(canonical);
    }

    /** A key that {@link #toBytes} has written. */
    public static PrimaryKey ofBytes(byte[] written) {
        return written[0] == INTEGER
                ? new OfInteger(ByteBuffer.wrap(written).getLong(1))
                : new OfBytes(Arrays.copyOfRange(written, 1, written.length));
    }

    /** The key as bytes, for {@link #ofBytes}. */
    public abstract byte[] toBytes();

    /** The number, if this is the key of one integer column, else {@code otherwise}. */
    public abstract long integerOr(long otherwise);

    /**
     * An order that is total and stable; pages of a table follow it. Keys of one integer column go by their number and come before
     * all others, whose order has no meaning.
     */
    @Override
    public abstract int compareTo(PrimaryKey other);

    private static final class OfInteger extends PrimaryKey {
        private final long value;

        OfInteger(long value) {
            this.value = value;
        }

        @Override
        public byte[] toBytes() {
            return ByteBuffer.allocate(1 + Long.BYTES)
                    .put(INTEGER)
                    .putLong(value)
                    .array();
        }

        @Override
        public long integerOr(long otherwise) {
            return value;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof OfInteger that && value == that.value;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(value);
        }

        @Override
        public int compareTo(PrimaryKey other) {
            return other instanceof OfInteger that ? Long.compare(value, that.value) : -1;
        }

        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    private static final class OfBytes extends PrimaryKey {
        private final byte[] canonical;
        private final int hash;

        OfBytes(byte[] canonical) {
            this.canonical = canonical;
            this.hash = Arrays.hashCode(canonical);
        }

        @Override
        public byte[] toBytes() {
            return ByteBuffer.allocate(1 + canonical.length)
                    .put(BYTES)
                    .put(canonical)
                    .array();
        }

        @Override
        public long integerOr(long otherwise) {
            return otherwise;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof OfBytes that && hash == that.hash && Arrays.equals(canonical, that.canonical);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public int compareTo(PrimaryKey other) {
            return other instanceof OfBytes that ? Arrays.compareUnsigned(canonical, that.canonical) : 1;
        }

        @Override
        public String toString() {
            return new String(canonical, java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
