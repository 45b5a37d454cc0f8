package localcdc.lab.up;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import localcdc.common.cli.StopSignal;
import localcdc.core.source.SourceException;
import localcdc.lab.CommandsToTry;
import localcdc.lab.SamplePostgres;
import localcdc.stack.LocalPostgres;
import localcdc.stack.StackException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the lab's own server running until the program is asked to stop. For one thread. */
final class KeptPostgres {

    private static final Logger LOG = LoggerFactory.getLogger(KeptPostgres.class);

    /** A server that ends sooner than this after its start has something that another start does not mend. */
    private static final Duration STEADY = Duration.ofSeconds(5);

    private static final int QUICK_ENDS = 3;

    private final LocalPostgres postgres;
    private final StopSignal stop;

    KeptPostgres(LocalPostgres postgres, StopSignal stop) {
        this.postgres = postgres;
        this.stop = stop;
    }

    /**
     * Says where it is, and starts it again whenever it has ended.
     *
     * @throws SourceException when it does not start any more
     */
    void run(List<String> tables, PrintWriter out) throws SourceException {
        if (stop.isRequested()) {
            return;
        }
        var settings = SamplePostgres.settings(postgres);
        var environment = CommandsToTry.environment(settings, true);
        LOG.info("Postgres {} is up, process {}.", settings.address(), postgres.pid());
        LOG.info("Look around:   {} psql", environment);
        LOG.info(
                "Change a row:  {}",
                CommandsToTry.psql(
                        environment, "UPDATE inventory.customers SET balance = balance + 1 WHERE id = 1001"));
        LOG.info("Follow it:     {}", CommandsToTry.embeddedRunner(environment, tables));
        out.println(ReadyLine.of(settings, true));
        out.flush();
        int quickEnds = 0;
        while (true) {
            long began = System.nanoTime();
            var stopped = stop.requested();
            CompletableFuture.anyOf(stopped, postgres.onExit()).join();
            if (stopped.isDone()) {
                return;
            }
            quickEnds = System.nanoTime() - began < STEADY.toNanos() ? quickEnds + 1 : 0;
            restart(quickEnds);
        }
    }

    private void restart(int quickEnds) throws SourceException {
        long before = postgres.pid();
        int code = postgres.onExit().join();
        if (quickEnds == QUICK_ENDS) {
            throw new SourceException(
                    "Postgres ended " + quickEnds + " times right after its start, the last time with exit code " + code
                            + ".",
                    "Its log says why: " + postgres.logFile());
        }
        LOG.warn("Postgres (process {}) has ended with exit code {}: starting it again.", before, code);
        try {
            postgres.start();
        } catch (StackException e) {
            throw new SourceException(e.problem(), e.remedy(), e);
        }
        LOG.warn("Postgres is back on port {} with its data, process {}.", postgres.port(), postgres.pid());
    }
}
