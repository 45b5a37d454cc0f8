package localcdc.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything of one server on disk: its data, its log and its settings.
 *
 * @param folder holds the log and, unless chosen otherwise, the data
 * @param data the data directory
 * @param account who owns the data, if not the user of this JVM
 */
record PostgresFolder(Path folder, Path data, Optional<Account> account) {
    static final String DATA = "data";

    private static final Duration INITDB_TIMEOUT = Duration.ofMinutes(3);
    private static final String SETTINGS_FILE = "local-stack.conf";
    private static final int LOG_TAIL_BYTES = 2_000;

    /** The best locale first: rules for every Unicode letter where the system has them, else plain bytes. */
    private static final List<String> LOCALES = List.of("C.UTF-8", "C");

    Path logFile() {
        return folder.resolve("postgres.log");
    }

    boolean isInitialised() {
        return Files.exists(data.resolve("PG_VERSION"));
    }

    /** Whether {@link #initialise} made the data, so that {@link #writeSettings} has an effect. */
    boolean isOurs() {
        return Files.exists(data.resolve(SETTINGS_FILE));
    }

    /** Makes the data directory with a superuser; keeps nothing of a failed attempt. */
    void initialise(Path bin, String user, String password, boolean trust, boolean fsync) throws IOException {
        Path passwordFile = folder.resolve("initdb.password");
        try {
            Files.createFile(
                    passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(passwordFile, password + "\n");
            own(passwordFile);
            boolean done = false;
            for (int i = 0; i < LOCALES.size() && !done; i++) {
                boolean last = i == LOCALES.size() - 1;
                done = runInitdb(bin, LOCALES.get(i), user, passwordFile, trust, fsync, last);
            }
        } finally {
            Files.deleteIfExists(passwordFile);
        }
        Files.writeString(
                data.resolve("postgresql.conf"), "\ninclude '" + SETTINGS_FILE + "'\n", StandardOpenOption.APPEND);
    }

    private boolean runInitdb(
            Path bin, String locale, String user, Path passwordFile, boolean trust, boolean fsync, boolean last)
            throws IOException {
        prepareEmptyDataDirectory();
        Path log = folder.resolve("initdb.log");
        Files.deleteIfExists(log);
        List<String> command =
                new ArrayList<>(List.of(bin.resolve("initdb").toString(), "-D", data.toString(), "-U", user));
        command.addAll(List.of("--encoding=UTF8", "--locale=" + locale, "--pwfile=" + passwordFile));
        command.add("--auth=" + (trust ? "trust" : "scram-sha-256"));
        if (!fsync) {
            command.add("--no-sync");
        }
        try (GuardedProcess initdb = GuardedProcess.command(command)
                .directory(folder)
                .environment(PostgresFolder::withoutPostgresVariables)
                .logFile(log)
                .runAs(account)
                .start()) {
            if (!initdb.waitFor(INITDB_TIMEOUT)) {
                throw new StackException(
                        "initdb was not done after " + INITDB_TIMEOUT.toMinutes() + " minutes.\n" + tail(log),
                        "See whether the disk of " + data + " is very slow.");
            }
            if (initdb.onExit().join() == 0) {
                return true;
            }
            boolean localeIsMissing = tail(log).contains("invalid locale name");
            if (last || !localeIsMissing) {
                throw new StackException(
                        "initdb failed with exit code " + initdb.onExit().join() + ".\n" + tail(log),
                        "Its output above says why.");
            }
            return false;
        }
    }

    private void prepareEmptyDataDirectory() throws IOException {
        Files.createDirectories(data);
        try (Stream<Path> content = Files.list(data)) {
            if (content.findAny().isPresent()) {
                throw new StackException(
                        data + " is not empty and holds no PostgreSQL data.", "Name an empty or a new folder.");
            }
        }
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        own(data);
        if (account.isPresent()) {
            account.get().requireEntry(data);
        }
    }

    /** Writes the settings of the next start. What {@code ALTER SYSTEM} has set wins over them, as on any server. */
    void writeSettings(Map<String, String> settings) throws IOException {
        Path file = data.resolve(SETTINGS_FILE);
        String text = settings.entrySet().stream()
                .map(setting -> setting.getKey() + " = '" + setting.getValue().replace("'", "''") + "'")
                .collect(Collectors.joining("\n", "", "\n"));
        Files.writeString(file, text);
        own(file);
    }

    /** Starts the server process on the data; it needs a moment before it answers. */
    GuardedProcess launch(Path bin) {
        return GuardedProcess.command(List.of(bin.resolve("postgres").toString(), "-D", data.toString()))
                .directory(data)
                .environment(PostgresFolder::withoutPostgresVariables)
                .logFile(logFile())
                .gracefulSignal(Signal.INT)
                .runAs(account)
                .start();
    }

    /** Whether the server with this pid says that it takes connections. */
    boolean isReady(long pid) throws IOException {
        return PostmasterFile.read(data)
                .filter(file -> file.pid() == pid && file.isReady())
                .isPresent();
    }

    /** Gives back what a killed server has left in memory. */
    void releaseSharedMemory() {
        try {
            PostmasterFile.read(data).ifPresent(PostmasterFile::releaseSharedMemory);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("in " + data, unreadable);
        }
    }

    private void own(Path path) throws IOException {
        if (account.isPresent()) {
            account.get().own(path);
        }
    }

    /** PGPORT, PGDATA and the like in the user's shell are meant for clients of another server. */
    static void withoutPostgresVariables(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("PG"));
    }

    /** The end of a log, for an error message. */
    static String tail(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "(no log)";
        }
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            ByteBuffer end = ByteBuffer.allocate((int) Math.min(channel.size(), LOG_TAIL_BYTES));
            channel.position(channel.size() - end.capacity());
            int read = 0;
            while (read >= 0 && end.hasRemaining()) {
                read = channel.read(end);
            }
            return new String(end.array(), 0, end.position(), StandardCharsets.UTF_8).strip();
        }
    }
}
