package localcdc.embedded.server;

import java.time.Duration;
import java.util.Optional;

/**
 * A transaction that has written something and is not at its end: a new replication slot waits for it.
 *
 * @param pid its backend; 0 for a prepared transaction, which has none
 * @param user whose it is
 * @param application the name the client gave itself, or the identifier of a prepared transaction
 * @param age since its start; empty when this role may not see it
 */
public record OpenTransaction(int pid, String user, String database, String application, Optional<Duration> age) {

    /** As a part of a sentence: {@code pid 4711 (psql, user app, database shop), open for 12 s}. */
    @Override
    public String toString() {
        String since = age.map(open -> ", open for " + open.toSeconds() + " s").orElse("");
        if (pid == 0) {
            return "prepared transaction '" + application + "' (user " + user + ", database " + database + ")" + since;
        }
        String client = application.isEmpty() ? "" : application + ", ";
        return "pid " + pid + " (" + client + "user " + user + ", database " + database + ")" + since;
    }
}
