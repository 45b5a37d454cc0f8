package localcdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import localcdc.stack.ConnectRest.Answer;

/**
 * A real Kafka Connect worker on loopback with the Debezium connector for Postgres, from the jars that the build has packed.
 *
 * <p>It is a process of its own that can be stopped, killed and started again on the same port; what it has been told is in
 * the broker's topics, so its connectors go on by themselves. It ends when this JVM ends, also by SIGKILL. {@link #close}
 * removes its folder; what a killed JVM could not remove, the next start does.
 *
 * <p>All methods are safe for any thread; start, stop, kill and close happen one after the other. Failures are
 * {@link StackException}s with a remedy.
 */
public final class LocalConnect implements LocalServer {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration RETRY = Duration.ofMillis(50);
    /** How long the worker may go on saying what was true before it was told to start a task anew. */
    private static final Duration OLD_STATUS = Duration.ofSeconds(5);

    private static final int NOT_FOUND = 404;
    private static final int CREATED = 201;

    private final WorkerProgram program;
    private final ServerProcess server;

    LocalConnect(LocalConnectBuilder builder) {
        program = new WorkerProgram(builder);
        server = new ServerProcess(program, builder.closeAtExit);
    }

    /** Begins the description of a worker for this broker; without further settings one on a free port. */
    public static LocalConnectBuilder builder(String bootstrapServers) {
        return new LocalConnectBuilder(bootstrapServers);
    }

    /**
     * Starts the worker and returns once it takes connectors. Without effect while it runs. After {@link #stop} or
     * {@link #kill} it comes back on the same port, with its connectors.
     *
     * @return this
     */
    @Override
    public LocalConnect start() {
        server.start();
        return this;
    }

    /** Ends the worker; its connectors have written down how far they are. */
    @Override
    public void stop() {
        server.stop();
    }

    /** A crash: SIGKILL. */
    @Override
    public void kill() {
        server.kill();
    }

    /** {@link #stop} and {@link #start}: the same port, another pid. */
    @Override
    public void restart() {
        server.restart();
    }

    /** Stops the worker and removes its folder. Its connectors stay in the broker's topics. May be repeated. */
    @Override
    public void close() {
        server.close();
    }

    /**
     * Keeps a secret in a file that only this user and the worker read.
     *
     * @return what a connector's configuration says in its place; so neither the broker nor the REST interface has it
     */
    public String keepSecret(String name, String secret) {
        Path folder = WorkerProgram.secrets(server.folder());
        try {
            Path fresh = Files.createTempFile(
                    server.folder(),
                    "secret",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, secret);
            Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new StackException(
                    "Cannot write into " + folder + ": " + failed,
                    "See whether the disk is full or read-only.",
                    failed);
        }
        return "${directory:" + folder + ":" + name + "}";
    }

    /**
     * Registers a connector, or gives it this configuration, and waits until it and its task run. May be repeated; one that
     * has failed is started again.
     *
     * @throws StackException Connect does not accept the configuration, or the task fails; with the first lines of why
     */
    public void register(String name, Map<String, String> config) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Answer answer = untilItTakesIt(deadline, () -> program.rest().putConfig(name, config));
        if (!answer.succeeded()) {
            throw refused(
                    "Kafka Connect does not accept the connector " + name,
                    objections(config).orElse(answer.message()));
        }
        Optional<ConnectorStatus> status = status(name);
        // A failure of before stays in the status until the task has been started anew.
        boolean failedBefore = answer.code() != CREATED
                && status.filter(ConnectorStatus::hasFailed).isPresent();
        if (failedBefore) {
            untilItTakesIt(deadline, () -> program.rest().restartFailed(name));
        }
        long believe = System.nanoTime() + (failedBefore ? OLD_STATUS.toNanos() : 0);
        while (System.nanoTime() < deadline) {
            status = status(name);
            if (status.isPresent() && status.get().isRunning()) {
                return;
            }
            if (status.isPresent() && status.get().hasFailed() && System.nanoTime() > believe) {
                throw new StackException(
                        "The connector " + name + " has failed.\n"
                                + status.get().reason(),
                        "More is in the worker's log: " + logFile());
            }
            pause();
        }
        throw new StackException(
                "The connector " + name + " does not run after " + PATIENCE.toSeconds() + " s: "
                        + status.map(ConnectorStatus::toString).orElse("it has no state yet") + ".",
                "See the worker's log: " + logFile());
    }

    /** How the connector is; empty when there is none of this name. */
    public Optional<ConnectorStatus> status(String name) {
        Answer answer = untilItTakesIt(
                System.nanoTime() + PATIENCE.toNanos(), () -> program.rest().status(name));
        if (answer.code() == NOT_FOUND) {
            return Optional.empty();
        }
        if (!answer.succeeded()) {
            throw refused("Kafka Connect does not say how the connector " + name + " is", answer);
        }
        return Optional.of(ConnectorStatus.of(answer.body()));
    }

    /** Starts a connector's first task anew, for example after it has failed. */
    public void restartTask(String name) {
        Answer answer = untilItTakesIt(
                System.nanoTime() + PATIENCE.toNanos(), () -> program.rest().restartTask(name, 0));
        if (!answer.succeeded()) {
            throw refused("Kafka Connect does not start the task of " + name + " anew", answer);
        }
    }

    /** Starts a connector and its tasks anew where they have failed. */
    public void restartFailed(String name) {
        Answer answer = untilItTakesIt(
                System.nanoTime() + PATIENCE.toNanos(), () -> program.rest().restartFailed(name));
        if (!answer.succeeded()) {
            throw refused("Kafka Connect does not start " + name + " anew", answer);
        }
    }

    /**
     * Removes a connector and the place it has reached, so that one of the same name begins from the beginning; returns when
     * its task has ended. Its topics stay, and so does what it uses in Postgres. Without effect when there is none.
     */
    public void delete(String name) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        if (stopped(name, deadline)) {
            requireGone(name, untilItTakesIt(deadline, () -> program.rest().deleteOffsets(name)));
            requireGone(name, untilItTakesIt(deadline, () -> program.rest().delete(name)));
        }
    }

    private static void requireGone(String name, Answer answer) {
        if (!answer.succeeded() && answer.code() != NOT_FOUND) {
            throw refused("Kafka Connect does not remove the connector " + name, answer);
        }
    }

    /** Ends the connector's tasks and waits for that; false when there is no such connector. */
    private boolean stopped(String name, long deadline) {
        Answer answer = untilItTakesIt(deadline, () -> program.rest().stop(name));
        if (answer.code() == NOT_FOUND) {
            return false;
        }
        if (!answer.succeeded()) {
            throw refused("Kafka Connect does not stop the connector " + name, answer);
        }
        while (System.nanoTime() < deadline) {
            Optional<ConnectorStatus> status = status(name);
            if (status.isEmpty()) {
                return false;
            }
            if (status.get().connector().equals("STOPPED")
                    && status.get().tasks().isEmpty()) {
                return true;
            }
            pause();
        }
        throw new StackException("The connector " + name + " does not stop.", "See the worker's log: " + logFile());
    }

    private Optional<String> objections(Map<String, String> config) {
        try {
            return Optional.of(String.join("\n", program.rest().objections(config)))
                    .filter(text -> !text.isEmpty());
        } catch (IOException unreachable) {
            return Optional.empty();
        }
    }

    private static StackException refused(String what, Answer answer) {
        return refused(what, answer.message());
    }

    private static StackException refused(String what, String why) {
        return new StackException(what + ": " + why, "Correct what it names, and try again.");
    }

    /** Asks again while the worker is busy with itself, or just being started. */
    private Answer untilItTakesIt(long deadline, Request request) {
        IOException failure = null;
        String reason = "no answer";
        do {
            try {
                Answer answer = request.send();
                if (!answer.isPassing()) {
                    return answer;
                }
                reason = answer.message();
            } catch (IOException unreachable) {
                failure = unreachable;
                reason = unreachable.toString();
                if (!server.isAlive()) {
                    break;
                }
            }
            pause();
        } while (System.nanoTime() < deadline);
        throw new StackException(
                "Kafka Connect at " + url() + " does not do what it is asked: " + reason,
                "See whether it runs, and its log: " + logFile(),
                failure);
    }

    @FunctionalInterface
    private interface Request {
        Answer send() throws IOException;
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StackException("Interrupted while waiting for Kafka Connect.", "Start again.", interrupted);
        }
    }

    @Override
    public boolean isAlive() {
        return server.isAlive();
    }

    @Override
    public long pid() {
        return server.pid();
    }

    @Override
    public CompletableFuture<Integer> onExit() {
        return server.onExit();
    }

    /** What the worker and its connectors log; it goes with the folder when the worker is closed. */
    @Override
    public Path logFile() {
        return server.logFile();
    }

    /** The port of the REST interface; before the first start 0 if a free one is wanted. */
    @Override
    public int port() {
        return program.port();
    }

    /** The address of the REST interface. */
    public String url() {
        return "http://" + WorkerProgram.HOST + ":" + port();
    }
}
