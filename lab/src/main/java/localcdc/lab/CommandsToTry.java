package localcdc.lab;

import java.util.List;
import java.util.stream.Collectors;
import localcdc.common.pg.PgSettings;

/** Commands that a reader may paste into another terminal. */
public final class CommandsToTry {

    private static final int MOST_NAMED = 3;

    private CommandsToTry() {}

    /** The environment that psql and the runners understand, in front of a command; the password only of our own server. */
    public static String environment(PgSettings postgres, boolean own) {
        return "PGHOST=" + quoted(postgres.host()) + " PGPORT=" + postgres.port() + " PGDATABASE="
                + quoted(postgres.database()) + " PGUSER=" + quoted(postgres.user())
                + (own ? " PGPASSWORD=" + quoted(postgres.password()) : "");
    }

    /** Runs a statement. */
    public static String psql(String environment, String statement) {
        return environment + " psql -c " + quoted(statement);
    }

    /** Follows these tables; none: all of them. */
    public static String embeddedRunner(String environment, List<String> tables) {
        return environment + " java -jar runner-embedded/target/runner-embedded.jar"
                + tables.stream().map(table -> " --table " + quoted(table)).collect(Collectors.joining());
    }

    /** Follows these topics; many of them by a pattern. */
    public static String kafkaRunner(String bootstrapServers, List<String> topics) {
        var prefix = topics.isEmpty()
                ? "cdc"
                : topics.get(0).substring(0, topics.get(0).indexOf('.'));
        var named = topics.size() > MOST_NAMED
                ? " --topic-pattern " + quoted(prefix + "\\..*")
                : topics.stream().map(topic -> " --topic " + quoted(topic)).collect(Collectors.joining());
        return "java -jar runner-kafka/target/runner-kafka.jar --bootstrap-servers " + bootstrapServers + named;
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:@-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
