package localcdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one Java server with a folder of its own: what {@link LocalKafka} and {@link LocalConnect} have in common.
 *
 * <p>It is a process of its own that can be stopped, killed and started again on the same ports and data. It ends when this
 * JVM ends, also by SIGKILL ({@link GuardedProcess}). {@link #close} removes its folder; what a killed JVM could not remove,
 * the next start does.
 *
 * <p>All methods are safe for any thread; start, stop, kill and close happen one after the other.
 */
final class ServerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration RETRY = Duration.ofMillis(25);
    private static final int PORT_ATTEMPTS = 5;
    private static final String PORT_IS_TAKEN = "Address already in use";

    /** What is particular to a server. Called by one thread at a time. */
    interface Program {
        /** Its name in sentences. */
        String name();

        /** How long it may take to end by itself. */
        Duration grace();

        /** Once, before the first start. */
        void prepare(WorkFolder work, Path folder) throws IOException;

        /** Takes free ports where the caller did not name one; whether there was any to take. */
        boolean takeFreePorts();

        /** The ports it will listen on. */
        List<Integer> ports();

        /** Writes the settings of the start that follows, and says how to start. */
        List<String> command(Path folder) throws IOException;

        /** Whether it takes requests; asked again and again while it starts. */
        boolean isReady();

        /** Where its classes are kept between its starts; known once it is prepared. */
        ClassArchive classArchive();
    }

    private final Program program;
    private final boolean closeAtExit;
    private final Thread atExit;
    private WorkFolder.Lease lease;
    /** Read without the lock: whoever asks how it is does not wait for a start or a stop that takes long. */
    private volatile GuardedProcess process;
    /** Whether it has been ready once, so that its ports are known to others. */
    private boolean settled;
    /** Set without the lock, so that a start under way gives up instead of making the JVM's exit wait. */
    private volatile boolean closing;

    ServerProcess(Program program, boolean closeAtExit) {
        this.program = program;
        this.closeAtExit = closeAtExit;
        this.atExit = new Thread(this::closeAtExit, "local-server-exit");
    }

    /** Starts it and returns once it takes requests; without effect while it runs. */
    synchronized void start() {
        requireOpen();
        if (process != null && process.isAlive()) {
            return;
        }
        long begin = System.nanoTime();
        try {
            if (lease == null) {
                prepare();
            }
            for (int attempt = 1; ; attempt++) {
                boolean chosen = !settled && program.takeFreePorts();
                requireFreePorts();
                Optional<String> failure = launch();
                if (failure.isEmpty()) {
                    settled = true;
                    break;
                }
                boolean portTaken = failure.get().contains(PORT_IS_TAKEN);
                if (!portTaken || !chosen || attempt == PORT_ATTEMPTS) {
                    throw new StackException(
                            program.name() + " did not start (ports " + program.ports() + ").\n" + failure.get(),
                            portTaken
                                    ? "Another program listens there: name another port, or 0 for a free one."
                                    : "Its log above says why.");
                }
            }
        } catch (IOException failed) {
            throw new StackException(
                    "Cannot prepare " + program.name() + ": " + failed,
                    "See whether the disk is full or read-only.",
                    failed);
        }
        LOG.atInfo()
                .addKeyValue("ports", program.ports())
                .addKeyValue("pid", pid())
                .addKeyValue("millis", (System.nanoTime() - begin) / 1_000_000)
                .log("{} is ready", program.name());
    }

    private void prepare() throws IOException {
        WorkFolder work = WorkFolder.ofThisUser();
        if (closeAtExit) {
            Runtime.getRuntime().addShutdownHook(atExit);
        }
        WorkFolder.Lease fresh = work.newServerFolder();
        try {
            // Rows and passwords are in it, and nobody else needs to enter.
            Files.setPosixFilePermissions(fresh.folder(), PosixFilePermissions.fromString("rwx------"));
            program.prepare(work, fresh.folder());
            lease = fresh;
        } finally {
            if (lease == null) {
                fresh.close();
                removeShutdownHook();
            }
        }
    }

    /** A server that answers on our port before ours does would pass for it. */
    private void requireFreePorts() {
        for (int port : program.ports()) {
            if (!FreePort.isFree(port)) {
                throw new StackException(
                        program.name() + " cannot listen on port " + port + " of 127.0.0.1.",
                        "Another program listens there: name another port, or 0 for a free one.");
            }
        }
    }

    /** One attempt to start: empty once the server answers, else the end of its log. */
    private Optional<String> launch() throws IOException {
        process = GuardedProcess.command(program.command(folder()))
                .directory(folder())
                .logFile(logFile())
                .patience(program.grace())
                .start();
        ServerPid.write(folder(), process.pid());
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!process.waitFor(RETRY)) {
            if (closing) {
                process.kill();
            }
            requireOpen();
            if (program.isReady()) {
                return Optional.empty();
            }
            if (System.nanoTime() > deadline) {
                process.kill();
                throw new StackException(
                        program.name() + " was not ready after " + START_TIMEOUT.toSeconds() + " s.\n"
                                + PostgresFolder.tail(logFile()),
                        "Its log above says what it was doing.");
            }
        }
        return Optional.of(PostgresFolder.tail(logFile()));
    }

    /** Asks it to end and waits; SIGKILL if that takes too long. */
    synchronized void stop() {
        if (process != null && process.isAlive()) {
            process.stop(program.grace());
            keepClasses();
        }
    }

    private void keepClasses() {
        try {
            program.classArchive().keep(folder(), process.onExit().join());
        } catch (IOException failed) {
            LOG.atDebug().setCause(failed).log("the next start of {} reads its classes again", program.name());
        }
    }

    /** SIGKILL; the data stays. */
    synchronized void kill() {
        if (process != null) {
            process.kill();
        }
    }

    synchronized void restart() {
        stop();
        start();
    }

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
        lease.close();
        lease = null;
        removeShutdownHook();
    }

    private void removeShutdownHook() {
        if (!closeAtExit || Thread.currentThread().equals(atExit)) {
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
            LOG.atWarn().setCause(failed).log("{} could not be removed at exit", program.name());
        }
    }

    private void requireOpen() {
        if (closing) {
            throw new IllegalStateException("this server is closed");
        }
    }

    boolean isAlive() {
        var latest = process;
        return latest != null && latest.isAlive();
    }

    long pid() {
        return started().pid();
    }

    CompletableFuture<Integer> onExit() {
        return started().onExit();
    }

    private GuardedProcess started() {
        var latest = process;
        if (latest == null) {
            throw new IllegalStateException(program.name() + " is not started yet");
        }
        return latest;
    }

    /** Its own folder; it is there from the first start until close. */
    synchronized Path folder() {
        if (lease == null) {
            throw new IllegalStateException(program.name() + " has no folder: it is not started yet, or closed");
        }
        return lease.folder();
    }

    Path logFile() {
        return folder().resolve("server.log");
    }
}
