package localcdc.stack;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Postgres from Testcontainers. Apart, so that a module without that library can still use {@link TestPostgres}. */
final class ContainerPostgres {
    private static final DockerImageName IMAGE = DockerImageName.parse("postgres:18.6");

    private ContainerPostgres() {}

    static boolean isDockerReachable() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Testcontainers' own reaper removes the container when this JVM ends. */
    @SuppressWarnings("resource")
    static TestPostgres start() {
        PostgreSQLContainer container = new PostgreSQLContainer(IMAGE)
                .withDatabaseName("postgres")
                .withUsername("postgres")
                .withPassword("postgres")
                .withCommand(
                        "postgres",
                        "-c",
                        "wal_level=logical",
                        "-c",
                        "max_wal_senders=20",
                        "-c",
                        "max_replication_slots=20",
                        "-c",
                        "fsync=off");
        container.start();
        return new TestPostgres(
                "testcontainers",
                container.getHost(),
                container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                container.getUsername(),
                container.getPassword(),
                container.getDatabaseName());
    }
}
