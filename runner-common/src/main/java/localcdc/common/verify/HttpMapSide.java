package localcdc.common.verify;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import localcdc.common.cli.HttpToken;
import localcdc.core.event.TableId;
import localcdc.core.verify.MapSession;
import localcdc.core.verify.MapSide;
import localcdc.core.verify.MapTable;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.UndecidedException.Scope;
import localcdc.core.verify.VerifyReport;

/** A running runner, reached by its status server. For one thread. */
public final class HttpMapSide implements MapSide {

    private static final String PATH = "/api/verify";

    private final RunnerHttp http;
    private final Duration patience;

    /**
     * @param url where the runner's status server is, {@code http://HOST:PORT}
     * @param patience how long to wait for a marker
     */
    public HttpMapSide(URI url, Duration patience) {
        this.http = new RunnerHttp(url);
        this.patience = patience;
    }

    @Override
    public MapSession open() throws UndecidedException {
        var answer = http.ask("POST", PATH, "");
        switch (answer.status()) {
            case 200 -> {
                // Continues below.
            }
            case 409 ->
                throw new UndecidedException(
                        Scope.CUT,
                        "The runner at " + http.address() + " is not ready: it is " + answer.text("state")
                                + reason(answer.text("stateReason")) + ".",
                        "Wait until its /readyz answers 200, or give a larger --timeout.");
            case 422 ->
                throw new UndecidedException(
                        Scope.ALL,
                        "The runner at " + http.address() + " cannot be compared: " + answer.error(),
                        "Verify a runner that reads all partitions, one without --group.");
            case 429 ->
                throw new UndecidedException(
                        Scope.CUT,
                        "The runner at " + http.address() + " answers too many verifications already.",
                        "Wait until they have ended, or give a larger --timeout.");
            default ->
                throw new UndecidedException(
                        Scope.ALL,
                        "What answers at " + http.address() + " is no runner of this version: " + answer.error(),
                        "Check --url: a runner logs its address when it starts.");
        }
        var tables = new ArrayList<MapTable>();
        for (var table : answer.body().path("tables")) {
            var leftOut = new ArrayList<String>();
            table.path("leftOut").forEach(column -> leftOut.add(column.asText()));
            tables.add(new MapTable(
                    TableId.parse(table.path("pathForm").asText()),
                    table.path("schemaChanged").asBoolean(),
                    leftOut));
        }
        var leftOutTables = new ArrayList<TableId>();
        answer.body().path("leftOutTables").forEach(table -> leftOutTables.add(TableId.parse(table.asText())));
        var path = PATH + "/" + answer.text("session");
        return new HttpMapSession(http, path, answer.text("marker"), tables, leftOutTables, patience);
    }

    /**
     * Tells the runner what was found, so that its page can show it.
     *
     * @return nothing where it has taken that, else why not: it wants a token, or is of an older version
     */
    Optional<String> tell(VerifyReport report, Duration took, Optional<HttpToken> token) throws UndecidedException {
        var answer = http.ask("PUT", "/api/trust", ReportJson.write(new ReportJson.Told(report, took)), token);
        return switch (answer.status()) {
            case 200 -> Optional.empty();
            case 401 -> Optional.of("it wants the token that the runner was given with --http-token-file.");
            default -> Optional.of(answer.error());
        };
    }

    private static String reason(String stateReason) {
        return stateReason.isEmpty() ? "" : " (" + stateReason + ")";
    }
}
