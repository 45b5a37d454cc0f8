package localcdc.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The sample database of {@code postgres-setup}: schema {@code inventory}, {@code public.sample_table} and their rows, from
 * the very files that its script {@code apply} gives to psql.
 */
public final class SampleDatabase {
    /** The publication of the sample tables. */
    public static final String PUBLICATION = "localcdc_inventory";

    private static final List<String> TABLES_AND_PUBLICATION = List.of("03-inventory.sql", "04-publication.sql");

    private SampleDatabase() {}

    /**
     * Makes the tables, rows and publication; what is there already stays as it is. All of it or nothing, in one
     * transaction; the connection must be in autocommit mode and is so afterwards.
     */
    public static void applyTo(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String file : TABLES_AND_PUBLICATION) {
                statement.execute(script(file));
            }
            connection.commit();
        } catch (SQLException failed) {
            connection.rollback();
            throw failed;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** One round of the sample workload as SQL: a few inserts, updates and deletes in {@code inventory}. */
    public static String workloadRound() {
        return script("90-workload.sql");
    }

    private static String script(String file) {
        try (InputStream stream = SampleDatabase.class.getResourceAsStream("/postgres-setup/" + file)) {
            if (stream == null) {
                throw new IllegalStateException("postgres-setup/" + file + " is not in the jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException("postgres-setup/" + file, broken);
        }
    }
}
