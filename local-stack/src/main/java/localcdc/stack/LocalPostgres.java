package localcdc.stack;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server on loopback, started from the binaries on the classpath or from an installation.
 *
 * <p>It is a process of its own that can be stopped, killed and started again on the same port and data. It ends when this
 * JVM ends, also by SIGKILL ({@link GuardedProcess}). As root it runs as another user. {@link #close} removes its folder;
 * what a killed JVM could not remove, the next start does.
 *
 * <p>All methods are safe for any thread; start, stop, kill and close happen one after the other. Failures are
 * {@link StackException}s with a remedy.
 */
public final class LocalPostgres implements LocalServer {
    private static final Logger LOG = LoggerFactory.getLogger(LocalPostgres.class);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration RETRY = Duration.ofMillis(25);
    private static final Duration OLD_PROCESSES = Duration.ofSeconds(30);
    private static final Duration OLD_PROCESSES_RETRY = Duration.ofMillis(100);
    private static final Duration FAST_SHUTDOWN = Duration.ofSeconds(20);
    private static final Duration IMMEDIATE_SHUTDOWN = Duration.ofSeconds(5);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);
    private static final int PORT_ATTEMPTS = 5;
    private static final String HOST = "127.0.0.1";
    private static final String USER = "postgres";

    private final LocalPostgresBuilder builder;
    private final Thread atExit = new Thread(this::closeAtExit, "local-postgres-exit");
    private Path bin;
    private WorkFolder.Lease lease;
    // Read without the lock: whoever asks how it is does not wait for a start or a stop that takes long.
    private volatile String password;
    private volatile PostgresFolder folder;
    private volatile int port;
    private volatile GuardedProcess process;
    /** Set without the lock, so that a start under way gives up instead of making the JVM's exit wait. */
    private volatile boolean closing;

    LocalPostgres(LocalPostgresBuilder builder) {
        this.builder = builder;
        this.port = builder.port;
        this.password = builder.password;
    }

    /** Begins the description of a server; without further settings a fresh one with logical decoding on a free port. */
    public static LocalPostgresBuilder builder() {
        return new LocalPostgresBuilder();
    }

    /**
     * Starts the server and returns once it answers queries; at the first start the data directory is made. Without effect
     * while it runs. After {@link #stop} or {@link #kill} it comes back on the same port with the same data.
     *
     * @return this
     */
    @Override
    public synchronized LocalPostgres start() {
        requireOpen();
        if (process != null && process.isAlive()) {
            return this;
        }
        try {
            if (folder == null) {
                prepare();
            }
            boolean choosePort = port == 0;
            for (int attempt = 1; ; attempt++) {
                if (choosePort) {
                    port = FreePort.find();
                }
                Optional<String> failure = launchOnceTheOldOneHasEnded();
                if (failure.isEmpty()) {
                    break;
                }
                boolean portTaken = failure.get().contains("could not create any TCP/IP sockets");
                if (!portTaken || !choosePort || attempt == PORT_ATTEMPTS) {
                    throw new StackException(
                            "Postgres did not start on port " + port + ".\n" + failure.get(),
                            portTaken
                                    ? "Another program listens there: name another port, or 0 for a free one."
                                    : "Its log above says why.");
                }
            }
        } catch (IOException failed) {
            throw new StackException(
                    "Cannot prepare a Postgres server: " + failed,
                    "See whether the disk is full or read-only.",
                    failed);
        }
        LOG.atInfo().addKeyValue("port", port).addKeyValue("pid", pid()).log("Postgres is ready");
        return this;
    }

    private void prepare() throws IOException {
        WorkFolder work = WorkFolder.ofThisUser();
        bin = builder.installation == null ? PostgresBinaries.unpack(work) : builder.installation;
        if (builder.closeAtExit) {
            Runtime.getRuntime().addShutdownHook(atExit);
        }
        WorkFolder.Lease fresh = work.newServerFolder();
        try {
            folder = prepareIn(fresh.folder());
            lease = fresh;
        } finally {
            if (lease == null) {
                fresh.close();
                removeShutdownHook();
            }
        }
    }

    private PostgresFolder prepareIn(Path own) throws IOException {
        Optional<Account> account = Account.forServers();
        if (account.isPresent()) {
            account.get().requireEntry(bin);
            account.get().requireEntry(own);
        }
        Path data = builder.data == null ? own.resolve(PostgresFolder.DATA) : builder.data.toAbsolutePath();
        PostgresFolder prepared = new PostgresFolder(own, data, account);
        if (!prepared.isInitialised()) {
            if (password == null) {
                password = randomPassword();
            }
            prepared.initialise(bin, USER, password, builder.trust, builder.fsync);
        } else if (!prepared.isOurs()) {
            throw new StackException(
                    data + " holds a database that was made by another program.",
                    "Name an empty or a new folder; a server with that data can be started with its own tools.");
        } else if (password == null) {
            throw new StackException(
                    data + " holds a database whose password is not known.", "Give the password it was made with.");
        }
        return prepared;
    }

    private static String randomPassword() {
        byte[] random = new byte[12];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** The processes of a server that was killed notice it a moment later, and until then hold its shared memory. */
    private Optional<String> launchOnceTheOldOneHasEnded() throws IOException {
        long deadline = System.nanoTime() + OLD_PROCESSES.toNanos();
        Optional<String> failure = launch();
        while (failure.filter(LocalPostgres::isStillInUse).isPresent() && System.nanoTime() < deadline) {
            requireOpen();
            pause();
            failure = launch();
        }
        return failure;
    }

    private static boolean isStillInUse(String log) {
        return log.substring(Math.max(0, log.lastIndexOf("FATAL:"))).contains("pre-existing shared memory block");
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(OLD_PROCESSES_RETRY.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StackException("Interrupted while Postgres was started.", "Start again.", interrupted);
        }
    }

    /** One attempt to start: empty once the server answers, else the end of its log. */
    private Optional<String> launch() throws IOException {
        folder.writeSettings(builder.settingsFor(HOST, port));
        process = folder.launch(bin);
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        String lastAnswer = "no answer yet";
        while (!process.waitFor(RETRY)) {
            requireOpen();
            // Not before it says so: until then somebody else may listen on the port, who never answers.
            if (folder.isReady(process.pid())) {
                try (Connection connection = connect("postgres")) {
                    if (connection.isValid(5)) {
                        return Optional.empty();
                    }
                } catch (SQLException notYet) {
                    lastAnswer = notYet.getMessage();
                }
            }
            if (System.nanoTime() > deadline) {
                process.stop(IMMEDIATE_SHUTDOWN);
                throw new StackException(
                        "Postgres was not ready after " + START_TIMEOUT.toSeconds() + " s (" + lastAnswer + ").\n"
                                + PostgresFolder.tail(folder.logFile()),
                        "Its log above says what it was doing.");
            }
        }
        return Optional.of(PostgresFolder.tail(folder.logFile()));
    }

    /** Fast shutdown: clients are cut, everything is on disk. If that takes longer than 20 s, harder means follow. */
    @Override
    public synchronized void stop() {
        if (process == null || !process.isAlive()) {
            return;
        }
        process.signal(Signal.INT);
        if (!process.waitFor(FAST_SHUTDOWN)) {
            LOG.atWarn().addKeyValue("pid", pid()).log("fast shutdown takes too long, immediate shutdown follows");
            process.signal(Signal.QUIT);
            if (!process.waitFor(IMMEDIATE_SHUTDOWN)) {
                kill();
            }
        }
    }

    /** A crash: SIGKILL to the server and to every process it has. The data stays, and the next start recovers. */
    @Override
    public synchronized void kill() {
        if (process == null) {
            return;
        }
        List<ProcessHandle> backends = ProcessHandle.of(process.pid())
                .map(server -> server.descendants().toList())
                .orElse(List.of());
        process.kill();
        backends.forEach(ProcessHandle::destroyForcibly);
        backends.forEach(backend -> backend.onExit()
                .orTimeout(KILL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .join());
    }

    /** {@link #stop} and {@link #start}: the same port, the same data, another pid. */
    @Override
    public synchronized void restart() {
        stop();
        start();
    }

    /** Stops the server and removes its folder; a data directory that was chosen with the builder stays. May be repeated. */
    @Override
    public void close() {
        closing = true;
        closeOnce();
    }

    private synchronized void closeOnce() {
        if (lease == null) {
            return;
        }
        stop();
        folder.releaseSharedMemory();
        lease.close();
        lease = null;
        removeShutdownHook();
    }

    private void removeShutdownHook() {
        if (!builder.closeAtExit || Thread.currentThread().equals(atExit)) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exitHasBegun) {
            LOG.atDebug().log("closed while the JVM ends");
        }
    }

    private void closeAtExit() {
        try {
            close();
        } catch (RuntimeException failed) {
            LOG.atWarn().setCause(failed).log("the local Postgres could not be removed at exit");
        }
    }

    private void requireOpen() {
        if (closing) {
            throw new IllegalStateException("this server is closed");
        }
    }

    @Override
    public boolean isAlive() {
        var latest = process;
        return latest != null && latest.isAlive();
    }

    /** The process id of the server (the postmaster) of the latest start. */
    @Override
    public long pid() {
        return started().pid();
    }

    @Override
    public CompletableFuture<Integer> onExit() {
        return started().onExit();
    }

    private GuardedProcess started() {
        var latest = process;
        if (latest == null) {
            throw new IllegalStateException("not started yet");
        }
        return latest;
    }

    /** The server's log; it goes with the folder when the server is closed. */
    @Override
    public Path logFile() {
        started();
        return folder.logFile();
    }

    /** The data directory. */
    public Path dataDirectory() {
        started();
        return folder.data();
    }

    /** Always loopback. */
    public String host() {
        return HOST;
    }

    /** The port; before the first start 0 if a free one is wanted. */
    @Override
    public int port() {
        return port;
    }

    /** The superuser's name. */
    public String user() {
        return USER;
    }

    /** The superuser's password; if none was given, one is made up at the first start. */
    public String password() {
        started();
        return password;
    }

    /** The JDBC address of a database, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + HOST + ":" + port() + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
    }

    /** A new connection as superuser. */
    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", password);
        properties.setProperty("loginTimeout", "10");
        properties.setProperty("ApplicationName", "local-stack");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }
}
