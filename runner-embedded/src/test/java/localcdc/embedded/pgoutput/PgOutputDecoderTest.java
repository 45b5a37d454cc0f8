package localcdc.embedded.pgoutput;

import static localcdc.embedded.pgoutput.MessageWriter.begin;
import static localcdc.embedded.pgoutput.MessageWriter.commit;
import static localcdc.embedded.pgoutput.MessageWriter.insert;
import static localcdc.embedded.pgoutput.MessageWriter.relation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PgOutputDecoderTest {

    private final Told told = new Told();
    private final PgOutputDecoder decoder = new PgOutputDecoder(told);

    private void decode(byte[]... messages) {
        for (byte[] message : messages) {
            decoder.decode(message, 0, message.length);
        }
    }

    private void assertRefused(byte[] message, String why) {
        assertThatThrownBy(() -> decode(message))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(why);
    }

    @Test
    void readsATransactionOfEveryKindOfChange() {
        decode(
                begin(500),
                relation(),
                insert("1", "päckt"),
                new MessageWriter('U')
                        .number(1000)
                        .kind('K')
                        .count(2)
                        .value("1")
                        .value(null)
                        .kind('N')
                        .count(2)
                        .value("2")
                        .kind('u')
                        .done(),
                new MessageWriter('D')
                        .number(1000)
                        .kind('O')
                        .count(2)
                        .value("2")
                        .value("")
                        .done(),
                new MessageWriter('T').number(1).flags(3).number(1000).done(),
                new MessageWriter('M')
                        .flags(1)
                        .place(499)
                        .name("localcdc")
                        .number(3)
                        .raw("abc")
                        .done(),
                new MessageWriter('Y').number(9).name("shop").name("mood").done(),
                new MessageWriter('O').place(3).name("elsewhere").done(),
                commit(500));

        assertThat(told.lines)
                .containsExactly(
                        "begin 500 946684801000000 77",
                        "relation shop.parcels [id, state]",
                        "insert shop.parcels [1, päckt]",
                        "update shop.parcels [1, NULL] [2, UNCHANGED]",
                        "delete shop.parcels [2, ]",
                        "truncate shop.parcels",
                        "message true localcdc abc",
                        "commit 508");
    }

    @Test
    void readsAMessageInTheMiddleOfABuffer() {
        decode(begin(500), relation());
        byte[] message = insert("7", "x");
        byte[] buffer = new byte[message.length + 20];
        Arrays.fill(buffer, (byte) 'z');
        System.arraycopy(message, 0, buffer, 9, message.length);

        decoder.decode(buffer, 9, message.length);

        assertThat(told.lines).endsWith("insert shop.parcels [7, x]");
    }

    @Test
    void refusesEveryMessageThatIsCutOrTooLong() {
        for (byte[] message : new byte[][] {insert("1", "packed"), relation(), commit(500)}) {
            for (int length = 0; length < message.length; length++) {
                var fresh = new PgOutputDecoder(told);
                for (byte[] earlier : new byte[][] {begin(500), relation()}) {
                    fresh.decode(earlier, 0, earlier.length);
                }
                int cut = length;
                assertThatThrownBy(() -> fresh.decode(message, 0, cut))
                        .as("%d of %d bytes of %c", cut, message.length, message[0])
                        .isInstanceOf(MalformedMessageException.class)
                        .hasMessageContaining("at byte ");
            }
        }
        decode(begin(500), relation());
        byte[] longer = Arrays.copyOf(insert("1", "packed"), insert("1", "packed").length + 1);
        assertRefused(longer, "1 bytes behind the message's end");
    }

    @Test
    void refusesWhatCannotComeAtThisPlace() {
        assertRefused(insert("1", "x"), "A row outside of a transaction");
        assertRefused(commit(500), "A commit outside of a transaction");
        decode(begin(500));
        assertRefused(insert("1", "x"), "The table 1000 was not described before");
        assertRefused(begin(600), "A transaction begins inside another");
        assertRefused(commit(501), "The commit of another transaction");
    }

    @Test
    void refusesWhatIsNoMessage() {
        decode(begin(500), relation());
        assertRefused(new byte[0], "ends before the kind of message");
        assertRefused(new byte[] {'Z'}, "An unknown kind of message, 'Z' (at byte 0");
        assertRefused(
                new MessageWriter('I').number(1000).kind('N').count(3).done(),
                "3 values for the 2 columns of shop.parcels");
        assertRefused(
                new MessageWriter('I')
                        .number(1000)
                        .kind('N')
                        .count(2)
                        .kind('t')
                        .number(-5)
                        .done(),
                "A value of -5 bytes");
        assertRefused(
                new MessageWriter('I').number(1000).kind('N').count(2).kind('b').done(),
                "An unknown kind of value, 'b'");
        assertRefused(new MessageWriter('T').number(1 << 30).flags(0).done(), "A truncate of 1073741824 tables");
        assertThat(told.lines).hasSize(2);
    }
}
