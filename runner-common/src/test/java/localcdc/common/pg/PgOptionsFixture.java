package localcdc.common.pg;

import java.nio.file.Path;
import java.util.Map;

/** Options that see an environment and a home folder of the test's own. */
public final class PgOptionsFixture {

    private PgOptionsFixture() {}

    public static PgOptions of(Map<String, String> environment, Path home) {
        return new PgOptions(environment, home);
    }
}
