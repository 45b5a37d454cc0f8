package localcdc.core.index;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.Row;
import localcdc.core.event.RowShape;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;

/**
 * Changes of one transaction in a temporary file, in the order in which they came. One thread appends and walks through
 * them; once it has called {@link #flush}, any thread may read one by its place.
 *
 * <p>The channel is an asynchronous one since an ordinary one is closed under everybody when one reader's thread is
 * interrupted.
 */
final class ChangeFile implements Closeable, Iterable<ChangeEvent> {

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int FIRST_READ_BYTES = 4096;
    private static final int NONE = -1;
    private static final List<Operation> OPERATIONS = List.of(Operation.values());

    private final Path path;
    private final AsynchronousFileChannel channel;
    private final SourcePosition position;
    private final Map<TableId, Integer> tableNumbers = new HashMap<>();
    private final List<TableId> tables = new ArrayList<>();
    private final IdentityHashMap<RowShape, Integer> shapeNumbers = new IdentityHashMap<>();
    private final List<RowShape> shapes = new ArrayList<>();
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long flushed;

    /**
     * Makes the file where the JVM keeps temporary ones.
     *
     * @param position that of all the changes
     */
    ChangeFile(SourcePosition position) {
        this.position = position;
        try {
            path = Files.createTempFile("localcdc-transaction-", ".changes");
        } catch (IOException e) {
            throw TransactionStorageException.of(e);
        }
        channel = open(path);
    }

    private static AsynchronousFileChannel open(Path path) {
        try {
            return AsynchronousFileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            var problem = TransactionStorageException.of(e);
            remove(path, problem);
            throw problem;
        }
    }

    private static void remove(Path path, TransactionStorageException problem) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            problem.addSuppressed(e);
        }
    }

    /** Appends a change; where it stands. */
    long append(ChangeEvent event) {
        byte[] key = bytes(event.key());
        byte[] previousKey = bytes(event.previousKey());
        byte[] packed = event.row() == null ? null : event.row().packed();
        int size = Integer.BYTES * 6 + 1 + Long.BYTES + length(key) + length(previousKey) + length(packed);
        if (buffer.remaining() < size) {
            flush();
            if (buffer.capacity() < size) {
                buffer = ByteBuffer.allocate(size);
            }
        }
        long place = flushed + buffer.position();
        buffer.putInt(size - Integer.BYTES);
        buffer.put((byte) OPERATIONS.indexOf(event.operation()));
        buffer.putInt(tableNumber(event.table()));
        buffer.putLong(event.lsn());
        put(key);
        put(previousKey);
        buffer.putInt(event.row() == null ? NONE : shapeNumber(event.row().shape()));
        put(packed);
        return place;
    }

    private static byte[] bytes(PrimaryKey key) {
        return key == null ? null : key.toBytes();
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private void put(byte[] bytes) {
        buffer.putInt(bytes == null ? NONE : bytes.length);
        if (bytes != null) {
            buffer.put(bytes);
        }
    }

    private int tableNumber(TableId table) {
        return tableNumbers.computeIfAbsent(table, added -> {
            tables.add(added);
            return tables.size() - 1;
        });
    }

    private int shapeNumber(RowShape shape) {
        return shapeNumbers.computeIfAbsent(shape, added -> {
            shapes.add(added);
            return shapes.size() - 1;
        });
    }

    /** Writes what is still in memory. */
    void flush() {
        buffer.flip();
        while (buffer.hasRemaining()) {
            flushed += await(channel.write(buffer, flushed));
        }
        buffer.clear();
    }

    /** The place behind the last change. */
    long end() {
        return flushed + buffer.position();
    }

    /**
     * The change at a place. The appending thread may ask at any time, others after {@link #flush}.
     *
     * @throws Overlay.RetiredException when the file was closed meanwhile
     */
    ChangeEvent read(long place) {
        if (place >= flushed) {
            return decode(buffer.duplicate().position((int) (place - flushed)));
        }
        var first = fill(ByteBuffer.allocate(FIRST_READ_BYTES), place);
        int size = first.getInt(0) + Integer.BYTES;
        return decode(size <= first.limit() ? first : fill(ByteBuffer.allocate(size), place));
    }

    /** Reads as much as there is room, or as the file has. */
    private ByteBuffer fill(ByteBuffer into, long place) {
        while (into.hasRemaining() && place + into.position() < flushed) {
            if (await(channel.read(into, place + into.position())) < 0) {
                break;
            }
        }
        return into.flip();
    }

    private ChangeEvent decode(ByteBuffer from) {
        from.getInt();
        var operation = OPERATIONS.get(from.get());
        var table = tables.get(from.getInt());
        long lsn = from.getLong();
        var key = key(from);
        var previousKey = key(from);
        int shape = from.getInt();
        byte[] packed = take(from);
        var row = shape == NONE ? null : Row.ofPacked(shapes.get(shape), packed);
        return new ChangeEvent(operation, table, key, row, previousKey, lsn, position);
    }

    private static PrimaryKey key(ByteBuffer from) {
        byte[] bytes = take(from);
        return bytes == null ? null : PrimaryKey.ofBytes(bytes);
    }

    private static byte[] take(ByteBuffer from) {
        int length = from.getInt();
        if (length == NONE) {
            return null;
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    /** All changes, from the first; for the thread that has appended them. */
    @Override
    public Iterator<ChangeEvent> iterator() {
        flush();
        return new Iterator<>() {
            private long readUpTo;
            private ByteBuffer chunk = ByteBuffer.allocate(BUFFER_BYTES).flip();

            @Override
            public boolean hasNext() {
                return chunk.hasRemaining() || readUpTo < flushed;
            }

            @Override
            public ChangeEvent next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                need(Integer.BYTES);
                need(Integer.BYTES + chunk.getInt(chunk.position()));
                return decode(chunk);
            }

            private void need(int bytes) {
                if (chunk.remaining() >= bytes) {
                    return;
                }
                var rest = chunk;
                chunk = ByteBuffer.allocate(Math.max(BUFFER_BYTES, bytes)).put(rest);
                int kept = chunk.position();
                fill(chunk, readUpTo - kept);
                readUpTo += chunk.limit() - kept;
            }
        };
    }

    private static int await(Future<Integer> transfer) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return transfer.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClosedChannelException) {
                throw new Overlay.RetiredException(e);
            }
            throw TransactionStorageException.of(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes the file away. */
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("the file " + path + " cannot be removed", e);
        }
    }
}
