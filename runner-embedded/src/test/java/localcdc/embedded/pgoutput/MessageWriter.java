package localcdc.embedded.pgoutput;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes one message of the protocol, field by field. */
final class MessageWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    MessageWriter(char kind) {
        kind(kind);
    }

    private interface Write {
        void to(DataOutputStream out) throws IOException;
    }

    private MessageWriter write(Write write) {
        try {
            write.to(out);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    MessageWriter kind(char kind) {
        return write(to -> to.writeByte(kind));
    }

    MessageWriter flags(int flags) {
        return write(to -> to.writeByte(flags));
    }

    MessageWriter count(int count) {
        return write(to -> to.writeShort(count));
    }

    MessageWriter number(int number) {
        return write(to -> to.writeInt(number));
    }

    MessageWriter place(long lsn) {
        return write(to -> to.writeLong(lsn));
    }

    MessageWriter name(String name) {
        return write(to -> {
            to.write(name.getBytes(StandardCharsets.UTF_8));
            to.writeByte(0);
        });
    }

    /** A text value; null is SQL NULL. */
    MessageWriter value(String text) {
        if (text == null) {
            return kind('n');
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return kind('t').number(utf8.length).write(to -> to.write(utf8));
    }

    MessageWriter raw(String text) {
        return write(to -> to.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    byte[] done() {
        return bytes.toByteArray();
    }

    static byte[] begin(long commitLsn) {
        return new MessageWriter('B')
                .place(commitLsn)
                .place(1_000_000)
                .number(77)
                .done();
    }

    static byte[] commit(long commitLsn) {
        return new MessageWriter('C')
                .flags(0)
                .place(commitLsn)
                .place(commitLsn + 8)
                .place(1_000_000)
                .done();
    }

    /** {@code shop.parcels(id int4, state text)}, oid 1000. */
    static byte[] relation() {
        return new MessageWriter('R')
                .number(1000)
                .name("shop")
                .name("parcels")
                .kind('d')
                .count(2)
                .flags(1)
                .name("id")
                .number(23)
                .number(-1)
                .flags(0)
                .name("state")
                .number(25)
                .number(-1)
                .done();
    }

    static byte[] insert(String id, String state) {
        return new MessageWriter('I')
                .number(1000)
                .kind('N')
                .count(2)
                .value(id)
                .value(state)
                .done();
    }
}
