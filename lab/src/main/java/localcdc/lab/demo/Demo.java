package localcdc.lab.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.StopSignal;
import localcdc.core.source.SourceException;
import localcdc.core.verify.VerifyReport.Verdict;
import localcdc.lab.CommandsToTry;
import localcdc.lab.SamplePostgres;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Help.Ansi;

/** One demo, from the first word to the last. */
public final class Demo {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Demo.class);
    private static final long SEED = 20_241_123;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final DemoSettings settings;
    private final PrintWriter out;
    private final StopSignal stop;

    private Demo(DemoSettings settings, PrintWriter out, StopSignal stop) {
        this.settings = settings;
        this.out = out;
        this.stop = stop;
    }

    /**
     * Runs until a signal or until the time is over.
     *
     * @return the exit code
     * @throws SourceException when this machine cannot run it, or the stream has ended in an error
     */
    public static int run(DemoSettings settings, PrintWriter out) throws SourceException, InterruptedException {
        try (var stop = StopSignal.listen()) {
            return new Demo(settings, out, stop).run();
        }
    }

    private int run() throws SourceException, InterruptedException {
        // Each comparison would log a line for each table.
        ((Logger) LoggerFactory.getLogger("localcdc.core.verify")).setLevel(Level.WARN);
        introduction().forEach(out::println);
        out.flush();
        try (var platform = Platform.start(settings)) {
            var postgres = platform.postgres();
            try (var workload = new SteadyWorkload(
                    () -> SamplePostgres.connect(postgres), new WorkloadPlan(SEED), Pace.of(settings.rate()))) {
                platform.control(workload);
                watch(platform, workload);
                workload.stop();
                if (conclude(platform, workload)) {
                    return ExitCodes.DIFFERENT;
                }
            }
            for (var path : platform.paths()) {
                if (path.pipeline().failure().isPresent()) {
                    throw path.pipeline().failure().get();
                }
            }
        }
        return ExitCodes.OK;
    }

    /** Compares once more where nobody wants an end at once; whether a map is not equal to Postgres. */
    private boolean conclude(Platform platform, SteadyWorkload workload) throws InterruptedException {
        boolean byItself = !stop.isRequested()
                && platform.paths().stream()
                        .allMatch(path -> path.pipeline().failure().isEmpty());
        boolean different = false;
        for (var path : platform.paths()) {
            var last = byItself
                    ? Optional.of(path.trust().compare())
                    : path.trust().latest();
            different |= last.filter(result -> result.report().verdict() == Verdict.DIFFERENT)
                    .isPresent();
        }
        PlainView.lines(Facts.sinceTheStart(platform, workload)).forEach(out::println);
        out.flush();
        return different;
    }

    private List<String> introduction() {
        return List.of(
                "A whole change-data-capture platform starts on this machine: a PostgreSQL of its own with a sample database,",
                settings.kafka()
                        ? "the direct and the Debezium engine that follow its write-ahead log, Kafka Connect and a broker beside them,"
                                + " and a HashMap at"
                        : "the direct and the Debezium engine that follow its write-ahead log, and a HashMap at",
                "the end of each path that is kept equal to it. A workload makes "
                        + number(settings.rate()) + " changes a second in inventory.customers; every "
                        + settings.verifyEvery().toSeconds() + " s each map is compared with",
                "Postgres, row for row." + (settings.duration().isPresent() ? "" : " Ctrl-C stops it."));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** What to try, each with the command that does it. */
    private static List<String> addresses(Platform platform) {
        var environment = CommandsToTry.environment(platform.settings(), true);
        var first = platform.paths().get(0).url();
        var lines = new ArrayList<String>();
        lines.add("page     " + platform.url() + "/");
        for (var path : platform.paths()) {
            lines.add(String.format(
                    "%-8s %s/      live changes: curl -N %s/api/events", path.name(), path.url(), path.url()));
        }
        lines.add("export   " + environment);
        lines.add(
                "insert   psql -c \"INSERT INTO inventory.customers (first_name, balance) VALUES ('Ada', 1.50) RETURNING id\"");
        lines.add("look up  curl -s " + first + "/api/tables/inventory.customers/rows/1001");
        lines.add("verify   java -jar runner-embedded/target/runner-embedded.jar verify --url " + first);
        return lines;
    }

    /** Shows what goes on until there is a reason to stop. */
    private void watch(Platform platform, SteadyWorkload workload) throws SourceException, InterruptedException {
        var addresses = addresses(platform);
        addresses.forEach(out::println);
        out.flush();
        var beginning = new Beginning(platform, workload);
        try (var view = Ansi.AUTO.enabled() ? new Screen(out, addresses) : new PlainView(out)) {
            while (!stop.isRequested() && !hasFailed(platform)) {
                platform.keepRunning();
                beginning.look();
                var left = settings.duration().map(beginning::left);
                if (left.isPresent() && (left.get().isNegative() || left.get().isZero())) {
                    return;
                }
                view.show(Facts.of(platform, workload));
                await(stop.requested(), view.interval(), left);
            }
        }
    }

    /** Whether a path has ended in an error; one that was stopped from the page has not. */
    private static boolean hasFailed(Platform platform) {
        return platform.paths().stream()
                .anyMatch(path -> path.pipeline().failure().isPresent());
    }

    /**
     * Starts the workload once every path stands, so that its first changes do not wait for a start, which would spoil the
     * latencies that are shown: a comparison that is decided has seen a change go all the way. For one thread.
     */
    private static final class Beginning {
        private final Platform platform;
        private final SteadyWorkload workload;
        private long since = System.nanoTime();
        private boolean begun;

        Beginning(Platform platform, SteadyWorkload workload) {
            this.platform = platform;
            this.workload = workload;
        }

        void look() {
            if (!begun && stand()) {
                workload.start();
                begun = true;
                since = System.nanoTime();
            }
        }

        private boolean stand() {
            var paths = platform.paths();
            return paths.stream().allMatch(path -> path.pipeline().isReady())
                    && (paths.stream().allMatch(Beginning::isDecided)
                            || System.nanoTime() - since > LONGEST_WAIT.toNanos());
        }

        private static boolean isDecided(DemoPath path) {
            return path.trust()
                    .latest()
                    .filter(result -> result.report().verdict() != Verdict.UNDECIDED)
                    .isPresent();
        }

        /** How much of the demo's time is left; it runs from the workload's beginning. */
        Duration left(Duration time) {
            return begun ? time.minusNanos(System.nanoTime() - since) : time;
        }
    }

    private static void await(CompletableFuture<?> ended, Duration interval, Optional<Duration> left)
            throws InterruptedException {
        var time = left.filter(rest -> rest.compareTo(interval) < 0).orElse(interval);
        try {
            ended.get(Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.trace("time for another look", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a signal is no exception", e);
        }
    }
}
