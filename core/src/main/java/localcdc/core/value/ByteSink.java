package localcdc.core.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growable run of bytes that is written once and read in place. Not safe for use by several threads. {@link #array()} is the live
 * buffer: valid up to {@link #size()} and only until the next write.
 */
public final class ByteSink {

    private byte[] bytes;
    private int size;

    public ByteSink() {
        this(256);
    }

    public ByteSink(int capacity) {
        bytes = new byte[capacity];
    }

    public byte[] array() {
        return bytes;
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** Drops everything behind the first {@code newSize} bytes. */
    public void truncate(int newSize) {
        if (newSize < 0 || newSize > size) {
            throw new IndexOutOfBoundsException("Cannot cut " + size + " bytes to " + newSize);
        }
        size = newSize;
    }

    public void put(int oneByte) {
        ensure(1);
        bytes[size++] = (byte) oneByte;
    }

    public void put(byte[] source, int offset, int length) {
        ensure(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    /** Writes a text that is known to be ASCII. */
    public void putAscii(String text) {
        var length = text.length();
        ensure(length);
        for (int i = 0; i < length; i++) {
            bytes[size + i] = (byte) text.charAt(i);
        }
        size += length;
    }

    public void putUtf8(String text) {
        var encoded = text.getBytes(StandardCharsets.UTF_8);
        put(encoded, 0, encoded.length);
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** The bytes read as UTF-8. */
    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(Math.addExact(size, more), (int) Math.min(bytes.length * 2L, 0x7fff_fff0L)));
        }
    }
}
