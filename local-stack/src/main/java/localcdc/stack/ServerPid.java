package localcdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Which process uses a server's folder, written down in it: it may outlive the JVM that started it for a moment. The start
 * time tells it from another process that has been given its number since.
 */
final class ServerPid {
    private static final String FILE = "server.pid";

    private ServerPid() {}

    static void write(Path folder, long pid) throws IOException {
        Files.writeString(folder.resolve(FILE), pid + " " + startOf(pid).orElse(Instant.EPOCH));
    }

    /** Whether the process that was written down last still runs. */
    static boolean isAlive(Path folder) throws IOException {
        String[] words;
        try {
            words = Files.readString(folder.resolve(FILE)).strip().split(" ");
        } catch (NoSuchFileException noSuchServer) {
            return false;
        }
        return words.length == 2
                && startOf(Long.parseLong(words[0])).map(Instant::toString).equals(Optional.of(words[1]));
    }

    private static Optional<Instant> startOf(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).flatMap(process -> process.info()
                .startInstant());
    }
}
