package localcdc.common.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import localcdc.common.cli.TextFormat;

/** What a runner prints on stdout at its end. */
public final class FinalReport {

    private FinalReport() {}

    /** The text, ending with a line break; as JSON, the object of {@code /api/status} on one line. */
    public static String of(RunnerStatus status, TextFormat format) {
        if (format == TextFormat.TEXT) {
            return PeriodicReport.text(status) + "\n" + totals(status) + "\n";
        }
        try {
            return new ObjectMapper().writeValueAsString(status.asMap()) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status of maps, texts and numbers cannot fail to be JSON", e);
        }
    }

    private static String totals(RunnerStatus status) {
        var index = status.pipeline().indexer();
        return index.events() + " events received, " + index.staleIgnored() + " of them replays; applied up to "
                + localcdc.core.event.Lsn.format(status.pipeline().position()) + " in "
                + status.pipeline().uptime().toSeconds() + " s";
    }
}
