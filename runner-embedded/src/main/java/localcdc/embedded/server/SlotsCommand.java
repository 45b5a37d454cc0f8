package localcdc.embedded.server;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.VersionText;
import localcdc.common.pg.PgOptions;
import localcdc.common.pg.PgSettings;
import localcdc.core.source.SourceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code slots}: shows the server's replication slots, and drops one that nobody uses. */
@Command(
        name = "slots",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        subcommands = {SlotsCommand.ListSlots.class, SlotsCommand.Drop.class},
        synopsisSubcommandLabel = "(list | drop)",
        description = "Replication slots: each keeps write-ahead log on the server's disk for its reader.")
public final class SlotsCommand {

    /** {@code slots list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            versionProvider = VersionText.class,
            description = "Shows every slot of the server with the bytes of write-ahead log that it keeps.",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:done", "2:wrong flags or files", "3:the server cannot be asked"})
    static final class ListSlots implements Callable<Integer> {

        @Mixin
        private PgOptions postgres;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws SourceException {
            PgSettings settings = postgres.settings();
            try (var connection = settings.open("localcdc slots")) {
                SlotsReport.print(
                        ReplicationSlots.list(connection), spec.commandLine().getOut());
                return ExitCodes.OK;
            } catch (SQLException e) {
                throw SqlStates.brokenOff(settings.address(), e);
            }
        }
    }

    /** {@code slots drop NAME}. */
    @Command(
            name = "drop",
            mixinStandardHelpOptions = true,
            versionProvider = VersionText.class,
            description = "Drops a slot that nobody uses; its reader, should it come back, has to begin anew.",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:dropped", "2:wrong flags or files", "3:no such slot, in use, or not allowed"})
    static final class Drop implements Callable<Integer> {

        @Mixin
        private PgOptions postgres;

        @Parameters(index = "0", paramLabel = "NAME", description = "The slot's name.")
        private String name;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws SourceException {
            PgSettings settings = postgres.settings();
            try (var connection = settings.open("localcdc slots")) {
                ReplicationSlot dropped = ReplicationSlots.drop(connection, name);
                spec.commandLine()
                        .getOut()
                        .println("Dropped the replication slot " + dropped.name() + ", which kept "
                                + Bytes.text(dropped.retainedBytes()) + " of write-ahead log.");
                return ExitCodes.OK;
            } catch (SQLException e) {
                throw SqlStates.brokenOff(settings.address(), e);
            }
        }
    }
}
