package localcdc.embedded.pgoutput;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the messages of logical replication, protocol version 1, values as text: what {@code pgoutput} of PostgreSQL 14 to
 * 18 sends for {@code proto_version '1', messages 'true'}. A message that is cut, too long, of an unknown kind or out of its
 * order is a {@link MalformedMessageException} with its place; the decoder is not used again after one. Tables that the
 * handler is told of come from this stream's own Relation messages only. For one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">Logical Replication
 *     Message Formats</a>
 */
public final class PgOutputDecoder {

    /** 2000-01-01, from where the protocol counts, in microseconds since 1970-01-01. */
    public static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

    private static final int HIGHEST_COLUMNS = 1664;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final PgOutputHandler handler;
    private final Map<Integer, PgRelation> relations = new HashMap<>();
    private final Tuple old = new Tuple();
    private final Tuple row = new Tuple();
    private boolean inTransaction;
    private long commitLsn;

    private byte[] bytes;
    private int from;
    private int at;
    private int end;

    public PgOutputDecoder(PgOutputHandler handler) {
        this.handler = handler;
    }

    /**
     * Reads one message, which is all of the given bytes, and tells the handler.
     *
     * @throws MalformedMessageException when it is none; the handler has not been told of it then
     */
    public void decode(byte[] message, int start, int length) {
        bytes = message;
        from = start;
        at = start;
        end = start + length;
        byte kind = readByte("the kind of message");
        switch (kind) {
            case 'B' -> begin();
            case 'C' -> commit();
            case 'R' -> relation();
            case 'I' -> insert();
            case 'U' -> update();
            case 'D' -> delete();
            case 'T' -> truncate();
            case 'M' -> logicalMessage();
            case 'Y' -> type();
            case 'O' -> origin();
            default -> throw malformed("An unknown kind of message, " + shown(kind), at - 1);
        }
    }

    private void begin() {
        if (inTransaction) {
            throw malformed("A transaction begins inside another", from);
        }
        long lsn = readLong("the commit's place");
        long micros = readTime();
        long txId = readInt("the transaction's id") & 0xFFFF_FFFFL;
        requireEnd();
        inTransaction = true;
        commitLsn = lsn;
        handler.begin(lsn, micros, txId);
    }

    private void commit() {
        requireTransaction("A commit");
        int flagsAt = at;
        if (readByte("the flags") != 0) {
            throw malformed("Flags of a commit that nobody has defined", flagsAt);
        }
        int lsnAt = at;
        if (readLong("the commit's place") != commitLsn) {
            throw malformed("The commit of another transaction than the one that had begun", lsnAt);
        }
        long endLsn = readLong("the transaction's end");
        if (Long.compareUnsigned(endLsn, commitLsn) < 0) {
            throw malformed("A transaction that ends before its commit", at - Long.BYTES);
        }
        readTime();
        requireEnd();
        inTransaction = false;
        handler.commit(endLsn);
    }

    private void relation() {
        int oid = readInt("the table's oid");
        String schema = readString("the schema's name");
        String name = readString("the table's name");
        byte identity = readByte("the replica identity");
        if ("dnfi".indexOf(identity) < 0) {
            throw malformed("An unknown replica identity, " + shown(identity), at - 1);
        }
        int count = readCount("columns", HIGHEST_COLUMNS);
        var columns = new ArrayList<PgRelation.Column>();
        for (int i = 0; i < count; i++) {
            byte flags = readByte("a column's flags");
            if ((flags & ~1) != 0) {
                throw malformed("Flags of a column that nobody has defined, " + flags, at - 1);
            }
            String column = readString("a column's name");
            columns.add(new PgRelation.Column(
                    column, flags == 1, readInt("a column's type"), readInt("a column's type modifier")));
        }
        requireEnd();
        // A schema without a name is the protocol's way to say pg_catalog.
        var relation = new PgRelation(oid, schema.isEmpty() ? "pg_catalog" : schema, name, (char) identity, columns);
        relations.put(oid, relation);
        handler.relation(relation);
    }

    private void insert() {
        requireTransaction("A row");
        var relation = readRelation();
        requireKind('N');
        readTuple(relation, row);
        requireEnd();
        handler.insert(relation, row);
    }

    private void update() {
        requireTransaction("A row");
        var relation = readRelation();
        byte kind = readByte("the kind of row");
        boolean hasOld = kind == 'K' || kind == 'O';
        if (hasOld) {
            readTuple(relation, old);
            kind = readByte("the kind of row");
        }
        if (kind != 'N') {
            throw malformed("A new row was due, not " + shown(kind), at - 1);
        }
        readTuple(relation, row);
        requireEnd();
        handler.update(relation, hasOld ? old : null, row);
    }

    private void delete() {
        requireTransaction("A row");
        var relation = readRelation();
        byte kind = readByte("the kind of row");
        if (kind != 'K' && kind != 'O') {
            throw malformed("A key or an old row was due, not " + shown(kind), at - 1);
        }
        readTuple(relation, old);
        requireEnd();
        handler.delete(relation, old);
    }

    private void truncate() {
        requireTransaction("A truncate");
        int count = readInt("the number of tables");
        byte options = readByte("the options");
        if ((options & ~3) != 0) {
            throw malformed("Options of a truncate that nobody has defined, " + options, at - 1);
        }
        if (count < 0 || count > (end - at) / Integer.BYTES) {
            throw malformed("A truncate of " + count + " tables", from + 1);
        }
        var emptied = new ArrayList<PgRelation>();
        for (int i = 0; i < count; i++) {
            emptied.add(readRelation());
        }
        requireEnd();
        emptied.forEach(handler::truncate);
    }

    private void logicalMessage() {
        byte flags = readByte("the flags");
        if ((flags & ~1) != 0) {
            throw malformed("Flags of a message that nobody has defined, " + flags, at - 1);
        }
        boolean transactional = flags == 1;
        if (transactional != inTransaction) {
            throw malformed(
                    transactional
                            ? "A transaction's message outside of any"
                            : "A message without a transaction inside of one",
                    from);
        }
        long lsn = readLong("the message's place");
        String prefix = readString("the prefix");
        int length = readInt("the content's length");
        if (length != end - at) {
            throw malformed("A content of " + length + " bytes where " + (end - at) + " are left", at - Integer.BYTES);
        }
        handler.message(transactional, lsn, prefix, bytes, at, length);
    }

    private void type() {
        readInt("the type's oid");
        readString("the schema's name");
        readString("the type's name");
        requireEnd();
    }

    private void origin() {
        requireTransaction("An origin");
        readLong("the place at the origin");
        readString("the origin's name");
        requireEnd();
    }

    private PgRelation readRelation() {
        int oidAt = at;
        int oid = readInt("the table's oid");
        var relation = relations.get(oid);
        if (relation == null) {
            throw malformed("The table " + Integer.toUnsignedString(oid) + " was not described before", oidAt);
        }
        return relation;
    }

    private void readTuple(PgRelation relation, Tuple into) {
        int countAt = at;
        int count = readCount("values", HIGHEST_COLUMNS);
        if (count != relation.columns().size()) {
            throw malformed(
                    count + " values for the " + relation.columns().size() + " columns of " + relation.schema() + "."
                            + relation.name(),
                    countAt);
        }
        into.begin(bytes, count);
        for (int i = 0; i < count; i++) {
            byte kind = readByte("the kind of value");
            switch (kind) {
                case 'n' -> into.add(at, Tuple.NULL);
                case 'u' -> into.add(at, Tuple.UNCHANGED);
                case 't' -> {
                    int length = readInt("a value's length");
                    if (length < 0 || length > end - at) {
                        throw malformed(
                                "A value of " + length + " bytes where " + (end - at) + " are left",
                                at - Integer.BYTES);
                    }
                    into.add(at, length);
                    at += length;
                }
                default -> throw malformed("An unknown kind of value, " + shown(kind), at - 1);
            }
        }
    }

    private void requireTransaction(String what) {
        if (!inTransaction) {
            throw malformed(what + " outside of a transaction", from);
        }
    }

    private void requireKind(char wanted) {
        byte kind = readByte("the kind of row");
        if (kind != wanted) {
            throw malformed("A row of the kind " + wanted + " was due, not " + shown(kind), at - 1);
        }
    }

    private void requireEnd() {
        if (at != end) {
            throw malformed((end - at) + " bytes behind the message's end", at);
        }
    }

    private int readCount(String of, int highest) {
        require(Short.BYTES, "the number of " + of);
        int count = (short) SHORT.get(bytes, at) & 0xFFFF;
        at += Short.BYTES;
        if (count > highest) {
            throw malformed(count + " " + of + ", of which there can be " + highest, at - Short.BYTES);
        }
        return count;
    }

    private byte readByte(String what) {
        require(1, what);
        return bytes[at++];
    }

    private int readInt(String what) {
        require(Integer.BYTES, what);
        int value = (int) INT.get(bytes, at);
        at += Integer.BYTES;
        return value;
    }

    private long readLong(String what) {
        require(Long.BYTES, what);
        long value = (long) LONG.get(bytes, at);
        at += Long.BYTES;
        return value;
    }

    private long readTime() {
        return readLong("the time of the commit") + POSTGRES_EPOCH_MICROS;
    }

    private String readString(String what) {
        int start = at;
        while (at < end && bytes[at] != 0) {
            at++;
        }
        if (at == end) {
            throw malformed("The message ends inside " + what, start);
        }
        int length = at++ - start;
        return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    private void require(int count, String what) {
        if (end - at < count) {
            throw malformed("The message ends before " + what, at);
        }
    }

    private static String shown(byte kind) {
        return kind >= ' ' && kind < 127 ? "'" + (char) kind + "'" : "0x" + Integer.toHexString(kind & 0xFF);
    }

    private MalformedMessageException malformed(String what, int where) {
        return new MalformedMessageException(what, where - from);
    }
}
