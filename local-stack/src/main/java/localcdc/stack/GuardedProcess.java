package localcdc.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A child process that ends when this JVM ends, whatever way the JVM ends: also by SIGKILL or a crash.
 *
 * <p>A small shell stands between the two. It holds the reading end of a pipe of which only this JVM has the writing end;
 * when that closes, the shell sends the child the signal that ends it gracefully, and SIGKILL if that does not help in
 * time. The child is in a session of its own, so Ctrl-C in a terminal reaches this JVM first. When the child ends first, the
 * shell passes on its exit code and nothing is left.
 *
 * <p>All methods are safe for any thread. Needs a POSIX system.
 */
public final class GuardedProcess implements AutoCloseable {
    private static final String GUARD = readGuard();
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    private final Process shell;
    private final ProcessHandle child;
    private final long pid;
    private final Builder settings;
    private final CompletableFuture<Integer> exit;

    private GuardedProcess(Process shell, long pid, Builder settings) {
        this.shell = shell;
        this.pid = pid;
        this.settings = settings;
        this.child = ProcessHandle.of(pid).orElse(null);
        this.exit = shell.onExit().thenApply(ended -> {
            // The shell outlives its child unless somebody kills the shell: then the child must go too.
            if (child != null && child.isAlive()) {
                child.destroyForcibly();
            }
            return ended.exitValue();
        });
    }

    /** Begins the description of a child: the program and its arguments. */
    public static Builder command(List<String> command) {
        return new Builder(command);
    }

    /** The child's own process id, not that of the shell in between. */
    public long pid() {
        return pid;
    }

    /** Whether the child runs. */
    public boolean isAlive() {
        return !exit.isDone();
    }

    /** Completes with the exit code (128 + n after signal n) once the child has ended. Cancelling it does not end the child. */
    public CompletableFuture<Integer> onExit() {
        return exit.copy();
    }

    /** Sends the child a signal; without effect once it has ended. */
    public void signal(Signal signal) {
        OutputStream pipe = shell.getOutputStream();
        synchronized (pipe) {
            try {
                pipe.write((signal.name() + "\n").getBytes(StandardCharsets.US_ASCII));
                pipe.flush();
            } catch (IOException brokenPipe) {
                if (!waitFor(KILL_TIMEOUT)) {
                    throw new StackException(
                            "Process " + pid + " runs, but its guard no longer takes signals.",
                            "End it by hand: kill " + pid,
                            brokenPipe);
                }
            }
        }
    }

    /** Waits until the child has ended; false if it still runs after the timeout. */
    public boolean waitFor(Duration timeout) {
        try {
            exit.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillRuns) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StackException("Interrupted while waiting for process " + pid + ".", "Start again.", interrupted);
        } catch (ExecutionException failed) {
            throw new CompletionException(failed.getCause());
        }
    }

    /** Ends the child gracefully, and by SIGKILL if it still runs after the grace time. May be repeated. */
    public void stop(Duration grace) {
        if (isAlive()) {
            signal(settings.graceful);
        }
        if (!waitFor(grace)) {
            kill();
        }
    }

    /** SIGKILL: the child has no chance to clean up. Returns once it is gone. */
    public void kill() {
        if (child != null) {
            child.destroyForcibly();
        }
        if (!waitFor(KILL_TIMEOUT)) {
            throw new StackException(
                    "Process " + pid + " is still there " + KILL_TIMEOUT.toSeconds() + " s after SIGKILL.",
                    "See with 'ps -o pid,stat,wchan -p " + pid + "' what it hangs in, most often a disk.");
        }
    }

    /** {@link #stop} with the grace time of the builder. */
    @Override
    public void close() {
        stop(settings.patience);
    }

    private static String readGuard() {
        try (InputStream script = GuardedProcess.class.getResourceAsStream("guard.sh")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException("guard.sh cannot be read from the jar", broken);
        }
    }

    /** What to run, and how. Not safe for several threads. */
    public static final class Builder {
        private final List<String> command;
        private Path directory;
        private Path logFile;
        private Consumer<Map<String, String>> environment = unchanged -> {};
        private Signal graceful = Signal.TERM;
        private Duration patience = Duration.ofSeconds(10);
        private Account account;

        private Builder(List<String> command) {
            this.command = List.copyOf(command);
        }

        /** The working directory; default: that of this JVM. The account must be able to enter it. */
        public Builder directory(Path value) {
            directory = value;
            return this;
        }

        /** The file to which both output streams are appended; default: they are thrown away. */
        public Builder logFile(Path value) {
            logFile = value;
            return this;
        }

        /** Changes the environment, which begins as a copy of this JVM's. */
        public Builder environment(Consumer<Map<String, String>> change) {
            environment = change;
            return this;
        }

        /** The signal that asks the child to end; default TERM. */
        public Builder gracefulSignal(Signal value) {
            graceful = value;
            return this;
        }

        /** How long the child may take to end before SIGKILL, in whole seconds; default 10 s. */
        public Builder patience(Duration value) {
            patience = value;
            return this;
        }

        /** Runs the child as another user; needs root. */
        public Builder runAs(Optional<Account> value) {
            account = value.orElse(null);
            return this;
        }

        /**
         * Starts the child. A program that cannot be executed shows as an exit with 126 or 127 and a line in the log.
         *
         * @throws StackException this system has no POSIX shell, or the shell could not start
         */
        public GuardedProcess start() {
            if (!Path.of("/bin/sh").toFile().canExecute()) {
                throw new StackException(
                        "Child processes are guarded by /bin/sh, which this system (" + System.getProperty("os.name")
                                + ") does not have.",
                        "Use Linux or macOS; on Windows use WSL 2.");
            }
            ProcessBuilder builder = new ProcessBuilder(shellCommand())
                    .redirectError(
                            logFile == null
                                    ? ProcessBuilder.Redirect.DISCARD
                                    : ProcessBuilder.Redirect.appendTo(logFile.toFile()));
            if (directory != null) {
                builder.directory(directory.toFile());
            }
            environment.accept(builder.environment());
            builder.environment().put("LOCALCDC_GUARD", GUARD);
            builder.environment()
                    .put(
                            "LOCALCDC_COMMAND",
                            command.stream().map(Builder::quoted).collect(Collectors.joining(" ")));
            try {
                Process shell = builder.start();
                return new GuardedProcess(shell, readPid(shell), this);
            } catch (IOException failed) {
                throw new StackException(
                        "Cannot start " + command.get(0) + ": " + failed.getMessage(),
                        logFile == null ? "Run it by hand to see why." : "See " + logFile + ".",
                        failed);
            }
        }

        private List<String> shellCommand() {
            List<String> words = new ArrayList<>();
            Optional<Path> setsid = SystemPath.find("setsid");
            setsid.ifPresent(tool -> words.add(tool.toString()));
            if (account != null) {
                words.addAll(account.prefix());
            }
            words.addAll(List.of("/bin/sh", "-c", "eval \"$LOCALCDC_GUARD\"", "local-stack-guard", graceful.name()));
            words.addAll(List.of(Long.toString(patience.toSeconds()), setsid.isPresent() ? "own" : "shared"));
            return words;
        }

        private static long readPid(Process shell) throws IOException {
            try (BufferedReader answers =
                    new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII))) {
                String pid = answers.readLine();
                if (pid == null) {
                    throw new IOException("the guarding shell ended before it could start it");
                }
                return Long.parseLong(pid);
            }
        }

        private static String quoted(String word) {
            return "'" + word.replace("'", "'\\''") + "'";
        }
    }
}
