package localcdc.lab.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.PrintWriter;
import java.time.Duration;
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
import localcdc.lab.TrustCheck;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Help.Ansi;

/** One demo, from the first word to the last. */
public final class Demo {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Demo.class);
    private static final long SEED = 20_241_123;

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
        try (var platform = Platform.start(settings.httpPort())) {
            var pipeline = platform.status().pipeline();
            var postgres = platform.postgres();
            try (var workload = new SteadyWorkload(
                            () -> SamplePostgres.connect(postgres), new WorkloadPlan(SEED), settings.rate());
                    var trust = new TrustCheck(platform.url(), platform.settings()).start(settings.verifyEvery())) {
                // Not before: what waits for the start would spoil the latencies that are shown.
                var beginning = pipeline.caughtUp().thenRun(workload::start);
                watch(platform, workload, trust);
                beginning.cancel(false);
                workload.stop();
                boolean byItself = !stop.isRequested() && pipeline.failure().isEmpty();
                var last = byItself ? trust.compare() : trust.latest();
                out.println(PlainView.line(Facts.of(platform, workload, trust)));
                out.flush();
                if (last.report().verdict() == Verdict.DIFFERENT) {
                    return ExitCodes.DIFFERENT;
                }
            }
            if (pipeline.failure().isPresent()) {
                throw pipeline.failure().get();
            }
        }
        return ExitCodes.OK;
    }

    private List<String> introduction() {
        return List.of(
                "A whole change-data-capture platform starts on this machine: a PostgreSQL of its own with a sample database,",
                "the Debezium engine that follows its write-ahead log, and a HashMap that is kept equal to it. A workload makes "
                        + number(settings.rate()) + " changes",
                "a second in inventory.customers; every "
                        + settings.verifyEvery().toSeconds()
                        + " s the map is compared with Postgres, row for row."
                        + (settings.duration().isPresent() ? "" : " Ctrl-C stops it."));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** What to try, each with the command that does it. */
    private static List<String> addresses(Platform platform) {
        var environment = CommandsToTry.environment(platform.settings(), true);
        var url = platform.url();
        return List.of(
                "page     " + url + "/      status: curl -s " + url + "/api/status      live changes: curl -N " + url
                        + "/api/events",
                "export   " + environment,
                "insert   psql -c \"INSERT INTO inventory.customers (first_name, balance) VALUES ('Ada', 1.50) RETURNING id\"",
                "look up  curl -s " + url + "/api/tables/inventory.customers/rows/1001",
                "verify   java -jar runner-embedded/target/runner-embedded.jar verify --url " + url);
    }

    /** Shows what goes on until there is a reason to stop. */
    private void watch(Platform platform, SteadyWorkload workload, TrustCheck trust)
            throws SourceException, InterruptedException {
        var addresses = addresses(platform);
        addresses.forEach(out::println);
        out.flush();
        var ended = CompletableFuture.anyOf(
                stop.requested(), platform.status().pipeline().ended());
        long began = System.nanoTime();
        try (var view = Ansi.AUTO.enabled() ? new Screen(out, addresses) : new PlainView(out)) {
            while (!ended.isDone()) {
                var left = settings.duration().map(time -> time.minusNanos(System.nanoTime() - began));
                if (left.isPresent() && (left.get().isNegative() || left.get().isZero())) {
                    return;
                }
                platform.keepPostgresRunning();
                view.show(Facts.of(platform, workload, trust));
                await(ended, view.interval(), left);
            }
        }
    }

    private static void await(CompletableFuture<Object> ended, Duration interval, Optional<Duration> left)
            throws InterruptedException {
        var time = left.filter(rest -> rest.compareTo(interval) < 0).orElse(interval);
        try {
            ended.get(Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.trace("time for another look", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("neither a signal nor a pipeline's end is an exception", e);
        }
    }
}
