package localcdc.lab.up;

import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import localcdc.common.cli.StopSignal;
import localcdc.common.pg.PgSettings;
import localcdc.core.source.SourceException;
import localcdc.lab.CommandsToTry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Postgres that is there already: nothing is made in it. */
final class ExternalPostgres {

    private static final Logger LOG = LoggerFactory.getLogger(ExternalPostgres.class);

    private ExternalPostgres() {}

    /**
     * Looks whether it answers, says where it is, and waits until the program is asked to stop.
     *
     * @throws SourceException when it does not answer
     */
    static void run(PgSettings settings, List<String> tables, StopSignal stop, PrintWriter out) throws SourceException {
        try (var connection = settings.open("localcdc lab")) {
            LOG.info(
                    "Postgres {} answers, version {}.",
                    settings.address(),
                    connection.getMetaData().getDatabaseProductVersion());
        } catch (SQLException e) {
            throw new SourceException(
                    "Postgres at " + settings.address() + " did not say its version: " + e.getMessage(),
                    "Try it with psql.",
                    e);
        }
        var environment = CommandsToTry.environment(settings, false);
        LOG.info("Look around:   {} psql", environment);
        LOG.info("Check it:      {} doctor", CommandsToTry.embeddedRunner(environment, List.of()));
        LOG.info("Follow it:     {}", CommandsToTry.embeddedRunner(environment, tables));
        out.println(ReadyLine.of(settings, false));
        out.flush();
        stop.requested().join();
    }
}
