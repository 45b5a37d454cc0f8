package localcdc.common.pg;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.PortConverter;
import localcdc.common.cli.Setting;
import localcdc.common.cli.UsageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * The flags that say where Postgres is; a picocli mixin that becomes {@link PgSettings}. A flag goes before its
 * environment variable, that before a password file, that before the default. For one thread.
 */
public final class PgOptions implements CheckedOptions {

    private static final Logger LOG = LoggerFactory.getLogger(PgOptions.class);

    @Option(names = "--pg-host", paramLabel = "HOST", description = "Postgres host (PGHOST; default: localhost).")
    private String host;

    @Option(
            names = "--pg-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "Postgres port (PGPORT; default: 5432).")
    private Integer port;

    @Option(names = "--pg-database", paramLabel = "NAME", description = "Database (PGDATABASE; default: postgres).")
    private String database;

    @Option(names = "--pg-user", paramLabel = "NAME", description = "User (PGUSER; default: postgres).")
    private String user;

    @Option(
            names = "--pg-password-file",
            paramLabel = "FILE",
            description = "File that holds the password, or lines like those of ~/.pgpass. Without it: PGPASSWORD, then"
                    + " PGPASSFILE or ~/.pgpass.")
    private Path passwordFile;

    @Option(
            names = "--pg-sslmode",
            paramLabel = "MODE",
            converter = SslModeConverter.class,
            description = "disable, allow, prefer, require, verify-ca or verify-full (PGSSLMODE; default: prefer).")
    private SslMode sslMode;

    private final Map<String, String> environment;
    private final Path home;

    public PgOptions() {
        this(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    PgOptions(Map<String, String> environment, Path home) {
        this.environment = environment;
        this.home = home;
    }

    private record Found<T>(T value, String origin) {}

    @Override
    public List<String> problems() {
        try {
            settings();
            return List.of();
        } catch (UsageException e) {
            return e.problems();
        }
    }

    /**
     * The settings that flags, environment and files say; reads the password file.
     *
     * @throws UsageException with every problem found
     */
    public PgSettings settings() {
        var problems = new ArrayList<String>();
        var foundPort = port(problems);
        var foundMode = sslMode(problems);
        try {
            var unlocked = new PgSettings(
                    host().value, foundPort.value, database().value, user().value, null, foundMode.value);
            var password = password(unlocked, problems);
            if (problems.isEmpty()) {
                return new PgSettings(
                        unlocked.host(),
                        unlocked.port(),
                        unlocked.database(),
                        unlocked.user(),
                        password.map(Found::value).orElse(null),
                        unlocked.sslMode());
            }
        } catch (UsageException e) {
            problems.addAll(e.problems());
        }
        throw new UsageException(problems);
    }

    /** The effective settings for {@code --print-config}, the password masked. */
    public List<Setting> effective() {
        var settings = settings();
        var password = password(settings, new ArrayList<>());
        return List.of(
                new Setting("--pg-host", settings.host(), host().origin),
                new Setting("--pg-port", Integer.toString(settings.port()), port(new ArrayList<>()).origin),
                new Setting("--pg-database", settings.database(), database().origin),
                new Setting("--pg-user", settings.user(), user().origin),
                new Setting(
                        "password",
                        password.isPresent() ? Setting.MASK : "",
                        password.map(Found::origin).orElse("none")),
                new Setting("--pg-sslmode", settings.sslMode().label(), sslMode(new ArrayList<>()).origin));
    }

    private Found<String> host() {
        return text(host, "PGHOST", "localhost");
    }

    private Found<String> database() {
        return text(database, "PGDATABASE", "postgres");
    }

    private Found<String> user() {
        return text(user, "PGUSER", "postgres");
    }

    private Found<String> text(String flag, String variable, String otherwise) {
        if (flag != null) {
            return new Found<>(flag, "flag");
        }
        return variable(variable)
                .map(value -> new Found<>(value, variable))
                .orElseGet(() -> new Found<>(otherwise, Setting.DEFAULT));
    }

    private Found<Integer> port(List<String> problems) {
        if (port != null) {
            return new Found<>(port, "flag");
        }
        var text = variable("PGPORT");
        if (text.isEmpty()) {
            return new Found<>(5432, Setting.DEFAULT);
        }
        try {
            return new Found<>(Integer.parseInt(text.get().strip()), "PGPORT");
        } catch (NumberFormatException e) {
            problems.add("PGPORT is '" + text.get() + "'; it must be a number from 1 to 65535.");
            return new Found<>(5432, "PGPORT");
        }
    }

    private Found<SslMode> sslMode(List<String> problems) {
        if (sslMode != null) {
            return new Found<>(sslMode, "flag");
        }
        var text = variable("PGSSLMODE");
        if (text.isEmpty()) {
            return new Found<>(SslMode.PREFER, Setting.DEFAULT);
        }
        var mode = SslMode.of(text.get());
        if (mode.isEmpty()) {
            problems.add("PGSSLMODE is '" + text.get() + "'; it must be one of " + SslMode.labels() + ".");
        }
        return new Found<>(mode.orElse(SslMode.PREFER), "PGSSLMODE");
    }

    /** An environment variable; an empty one counts as not set, as with libpq. */
    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private Optional<Found<String>> password(PgSettings settings, List<String> problems) {
        if (passwordFile != null) {
            return named(settings, problems);
        }
        var given = variable("PGPASSWORD");
        if (given.isPresent()) {
            return Optional.of(new Found<>(given.get(), "PGPASSWORD"));
        }
        var path = variable("PGPASSFILE").map(Path::of).orElseGet(() -> home.resolve(".pgpass"));
        try {
            if (!Files.isRegularFile(path) || isOpenToOthers(path)) {
                return Optional.empty();
            }
            return find(Files.readAllLines(path, StandardCharsets.UTF_8), settings)
                    .map(password -> new Found<>(password, path.toString()));
        } catch (IOException e) {
            problems.add(unreadable(path, e));
            return Optional.empty();
        }
    }

    /** The password from the file that the user named, which must have one. */
    private Optional<Found<String>> named(PgSettings settings, List<String> problems) {
        try {
            var lines = Files.readAllLines(passwordFile, StandardCharsets.UTF_8);
            var password = PasswordFile.isOne(lines) ? find(lines, settings) : bare(lines);
            if (password.isEmpty()) {
                problems.add("The password file '" + passwordFile + "' holds neither one line, the password, nor a line"
                        + " host:port:database:user:password for " + settings.address() + " and user '"
                        + settings.user() + "'.");
            }
            return password.map(value -> new Found<>(value, passwordFile.toString()));
        } catch (IOException e) {
            problems.add(unreadable(passwordFile, e));
            return Optional.empty();
        }
    }

    private static Optional<String> bare(List<String> lines) {
        return lines.size() == 1 && !lines.get(0).isEmpty() ? Optional.of(lines.get(0)) : Optional.empty();
    }

    private static Optional<String> find(List<String> lines, PgSettings settings) {
        return PasswordFile.find(lines, settings.host(), settings.port(), settings.database(), settings.user());
    }

    private static String unreadable(Path path, IOException e) {
        var why = e instanceof NoSuchFileException
                ? "does not exist"
                : e instanceof CharacterCodingException ? "is not UTF-8 text" : "cannot be read";
        return "The password file '" + path + "' " + why + ".";
    }

    /** libpq does not use a password file that others may read; nor do we. */
    private static boolean isOpenToOthers(Path path) throws IOException {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return false;
        }
        var open = Set.of(
                PosixFilePermission.GROUP_READ,
                PosixFilePermission.GROUP_WRITE,
                PosixFilePermission.GROUP_EXECUTE,
                PosixFilePermission.OTHERS_READ,
                PosixFilePermission.OTHERS_WRITE,
                PosixFilePermission.OTHERS_EXECUTE);
        if (Files.getPosixFilePermissions(path).stream().noneMatch(open::contains)) {
            return false;
        }
        LOG.warn("password file '{}' is not used: others may read it; chmod 0600 it", path);
        return true;
    }

    /** Reads {@link SslMode}. */
    static final class SslModeConverter implements ITypeConverter<SslMode> {
        @Override
        public SslMode convert(String text) {
            return SslMode.of(text)
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not one of " + SslMode.labels()));
        }
    }
}
