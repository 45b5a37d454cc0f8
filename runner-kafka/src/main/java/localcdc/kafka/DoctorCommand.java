package localcdc.kafka;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.Durations;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.TextFormat;
import localcdc.common.cli.VersionText;
import localcdc.common.doctor.DoctorReport;
import localcdc.common.doctor.Finding;
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
            "Checks whether a run with the same flags can start: broker, advertised listener, topics and their settings,",
            "a few records of each, the control topic and its heartbeat, and the connector where --connect-url says how.",
            "Without --topic and --topic-pattern it looks at every topic that carries rows.",
            "Reports everything at once, each finding with its remedy. Changes nothing."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ready", "2:wrong flags or files", "3:not ready; the findings say why"})
final class DoctorCommand implements Callable<Integer>, CheckedOptions {

    @Mixin
    private TopicOptions topics;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = Durations.class,
            description = "How long all of it may take (default: 30s).")
    private Duration timeout;

    @Option(names = "--output", paramLabel = "text|json", description = "The findings' form (default: text).")
    private TextFormat output;

    @Spec
    private CommandSpec spec;

    @Override
    public List<String> problems() {
        return timeout != null && timeout.isZero()
                ? List.of("--timeout is 0; give a duration such as 10s.")
                : List.of();
    }

    @Override
    public Integer call() throws InterruptedException {
        var patience = timeout == null ? Duration.ofSeconds(30) : timeout;
        var findings = new Doctor(topics.settings(), Deadline.in(patience)).check();
        DoctorReport.print(
                findings,
                output == null ? TextFormat.TEXT : output,
                spec.commandLine().getOut());
        return findings.stream().anyMatch(Finding::isError) ? ExitCodes.ENVIRONMENT : ExitCodes.OK;
    }
}
