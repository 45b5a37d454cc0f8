package localcdc.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what server {@link LocalPostgres} shall start. Not safe for several threads. */
public final class LocalPostgresBuilder {
    private final Map<String, String> settings = new LinkedHashMap<>();
    int port;
    Path data;
    Path installation;
    String password;
    boolean trust;
    boolean fsync = true;
    boolean closeAtExit = true;

    LocalPostgresBuilder() {}

    /** The port on loopback; 0, the default, takes a free one and keeps it. */
    public LocalPostgresBuilder port(int value) {
        port = value;
        return this;
    }

    /** Keeps the data in this folder, and keeps the folder; default: a temporary one that goes at close. */
    public LocalPostgresBuilder dataDirectory(Path value) {
        data = value;
        return this;
    }

    /** Uses the programs of this {@code bin} folder instead of those on the classpath, for example of another version. */
    public LocalPostgresBuilder installation(Path binDirectory) {
        for (String program : List.of("initdb", "postgres")) {
            if (!Files.isExecutable(binDirectory.resolve(program))) {
                throw new StackException(
                        binDirectory + " holds no program '" + program + "'.",
                        "Name the bin folder of a PostgreSQL installation, such as /usr/lib/postgresql/15/bin.");
            }
        }
        installation = binDirectory.toAbsolutePath();
        return this;
    }

    /** The superuser's password; default: a random one. Needed for a data directory that exists already. */
    public LocalPostgresBuilder password(String value) {
        password = value;
        return this;
    }

    /** Lets everybody on this machine in without a password; default: no. */
    public LocalPostgresBuilder trustEveryone() {
        trust = true;
        return this;
    }

    /** Whether commits wait for the disk; default: yes, as in real life. A test is faster without. */
    public LocalPostgresBuilder fsync(boolean value) {
        fsync = value;
        return this;
    }

    /** Settings for postgresql.conf; they win over the defaults of this class. The port is set by {@link #port}. */
    public LocalPostgresBuilder settings(Map<String, String> values) {
        settings.putAll(values);
        return this;
    }

    /**
     * Whether the server is closed when the JVM exits; default: yes. Shutdown hooks run side by side: a program whose own
     * hook still needs the server (to drop a slot) says no here and closes it itself.
     */
    public LocalPostgresBuilder closeAtExit(boolean value) {
        closeAtExit = value;
        return this;
    }

    /** The server, not started yet. */
    public LocalPostgres build() {
        return new LocalPostgres(this);
    }

    /** What goes into the settings file. */
    Map<String, String> settingsFor(String host, int actualPort) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("listen_addresses", host);
        values.put("unix_socket_directories", "");
        values.put("wal_level", "logical");
        values.put("max_wal_senders", "20");
        values.put("max_replication_slots", "20");
        values.put("max_slot_wal_keep_size", "4GB");
        values.put("fsync", fsync ? "on" : "off");
        values.put("full_page_writes", fsync ? "on" : "off");
        // In the data directory, so that nothing stays in /dev/shm after a kill.
        values.put("dynamic_shared_memory_type", "mmap");
        values.put("timezone", "UTC");
        values.put("log_timezone", "UTC");
        values.put("log_line_prefix", "%m [%p] %q%u@%d %a ");
        values.putAll(settings);
        values.put("port", Integer.toString(actualPort));
        return values;
    }
}
