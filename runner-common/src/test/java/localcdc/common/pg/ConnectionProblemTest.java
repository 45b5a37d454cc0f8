package localcdc.common.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import localcdc.core.source.SourceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ConnectionProblemTest {

    private static final byte[] ASKS_FOR_A_PASSWORD = {'R', 0, 0, 0, 8, 0, 0, 0, 3};

    /** A server that gives every client one answer, as Postgres would before it lets somebody in. */
    private static final class Answering implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final AtomicBoolean over = new AtomicBoolean();
        private final Thread thread;

        Answering(byte[] answer) throws IOException {
            thread = new Thread(() -> {
                while (!over.get()) {
                    serve(answer);
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private void serve(byte[] answer) {
            try (var client = socket.accept()) {
                answer(client, answer);
            } catch (IOException e) {
                assertThat(e).as("the client has gone, or the test is over").isNotNull();
            }
        }

        private static void answer(Socket client, byte[] answer) throws IOException {
            var in = new DataInputStream(client.getInputStream());
            in.readNBytes(in.readInt() - 4);
            client.getOutputStream().write(answer);
            client.getOutputStream().flush();
        }

        @Override
        public void close() throws IOException {
            over.set(true);
            socket.close();
        }
    }

    private static byte[] error(String sqlState, String message, String routine) {
        var fields = new ByteArrayOutputStream();
        for (var field : new String[] {"SFATAL", "C" + sqlState, "M" + message, "R" + routine}) {
            fields.writeBytes(field.getBytes(StandardCharsets.UTF_8));
            fields.write(0);
        }
        fields.write(0);
        var out = new ByteArrayOutputStream();
        out.write('E');
        int length = fields.size() + 4;
        out.writeBytes(new byte[] {0, 0, (byte) (length >> 8), (byte) length});
        out.writeBytes(fields.toByteArray());
        return out.toByteArray();
    }

    private static SourceException open(String host, int port, SslMode mode, String password) {
        var settings = new PgSettings(host, port, "shop", "ann", password, mode);
        return catchThrowableOfType(
                SourceException.class, () -> settings.open("test").close());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "28P01 | パスワード認証に失敗 | auth_failed | refused the password of user 'ann'",
                "28000 | ロール | InitializeSessionUserId | lets nobody in as 'ann'",
                "28000 | pg_hba | ClientAuthentication | pg_hba.conf",
                "3D000 | データベース | InitPostgres | has no database 'shop'",
                "57P03 | starting up | ProcessStartupPacket | starting up",
                "53300 | too many clients | InitProcess | no free connection",
                "42501 | permission denied | x | GRANT CONNECT",
                "08P01 | unsupported startup parameter | x | pgbouncer",
            })
    void knowsEachRefusalWhateverTheServersLanguage(String state, String message, String routine, String sentence)
            throws Exception {
        try (var server = new Answering(error(state, message, routine))) {
            var problem = open("127.0.0.1", server.socket.getLocalPort(), SslMode.DISABLE, "s3cret");

            assertThat(problem.sentences()).contains(sentence).doesNotContain("s3cret");
            assertThat(problem.remedy()).isNotEmpty();
        }
    }

    @Test
    void asksForAPasswordThatIsMissing() throws Exception {
        try (var server = new Answering(ASKS_FOR_A_PASSWORD)) {
            assertThat(open("127.0.0.1", server.socket.getLocalPort(), SslMode.DISABLE, null)
                            .sentences())
                    .contains("asks for a password")
                    .contains("PGPASSWORD");
        }
    }

    @Test
    void knowsAServerWithoutEncryption() throws Exception {
        try (var server = new Answering(new byte[] {'N'})) {
            assertThat(open("127.0.0.1", server.socket.getLocalPort(), SslMode.REQUIRE, null)
                            .sentences())
                    .contains("no encrypted connections")
                    .contains("'require'");
        }
    }

    @Test
    void knowsWhatIsNoPostgres() throws Exception {
        try (var server = new Answering("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
            for (var mode : new SslMode[] {SslMode.DISABLE, SslMode.PREFER}) {
                assertThat(open("127.0.0.1", server.socket.getLocalPort(), mode, "x")
                                .sentences())
                        .contains("does not speak as Postgres does");
            }
        }
    }

    @Test
    void knowsThatNothingListens() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(open("127.0.0.1", port, SslMode.PREFER, "x").sentences())
                .contains("Nothing listens at 127.0.0.1:" + port)
                .contains("--pg-port");
    }

    @Test
    void knowsAHostThatIsNone() {
        assertThat(open("no.such.host.invalid", 5432, SslMode.PREFER, "x").sentences())
                .contains("'no.such.host.invalid' cannot be found");
    }

    @Test
    void sendsUsersOfDockersNameToLocalhost() {
        var settings = new PgSettings("host.docker.internal", 5432, "shop", "ann", "x", SslMode.PREFER);
        var thrown = new java.sql.SQLException("x", "08001", new java.net.UnknownHostException("host.docker.internal"));

        assertThat(ConnectionProblem.of(settings, thrown).sentences()).contains("--pg-host=localhost");
    }
}
