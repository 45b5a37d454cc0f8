package localcdc.embedded.server;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.LeftOut;
import localcdc.common.cli.LeftOutConverter;
import localcdc.common.cli.VersionText;
import localcdc.common.doctor.DoctorReport;
import localcdc.common.pg.PgOptions;
import localcdc.common.pg.PgSettings;
import localcdc.core.source.SourceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: looks whether a run with the same flags could start, and changes nothing. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = {
            "Checks whether a run with the same flags can start: server, role, tables, slots, publication.",
            "Reports everything at once, each finding with its remedy. Changes nothing."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ready", "2:wrong flags or files", "3:not ready; the findings say why"})
public final class DoctorCommand implements Callable<Integer> {

    @Mixin
    private PgOptions postgres;

    @Mixin
    private CaptureOptions capture;

    @Option(
            names = "--leave-out",
            paramLabel = "TABLE[.COLUMN]",
            converter = LeftOutConverter.class,
            description = "Skip this table, or this column of it: schema.table or schema.table.column, a dot inside a"
                    + " name as %%2E. May be repeated.")
    private final List<LeftOut> leaveOuts = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws SourceException {
        PgSettings settings = postgres.settings();
        DoctorInput input =
                new DoctorInput(capture.tables(), leaveOuts, capture.slot(), capture.publication(), capture.engine());
        try (var connection = settings.open("localcdc doctor")) {
            Diagnosis diagnosis = Doctor.check(connection, input);
            DoctorReport.print(diagnosis.findings(), spec.commandLine().getOut());
            return diagnosis.errors().isEmpty() ? ExitCodes.OK : ExitCodes.ENVIRONMENT;
        } catch (SQLException e) {
            throw SqlStates.brokenOff(settings.address(), e);
        }
    }
}
