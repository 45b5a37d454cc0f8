package localcdc.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import localcdc.common.pg.PgSettings;
import localcdc.stack.SystemPath;

/** PostgreSQL's own client of the replication protocol, where it is installed. Immutable. */
final class Recvlogical {

    private static final String PROGRAM = "pg_recvlogical";
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final long PATIENCE_MINUTES = 10;

    private final Path program;

    private Recvlogical(Path program) {
        this.program = program;
    }

    /** Looks for it on the PATH and where Debian keeps it. */
    static Optional<Recvlogical> find() throws IOException {
        var versions = new ArrayList<Path>();
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> found = Files.list(DEBIAN)) {
                found.sorted(Comparator.reverseOrder()).forEach(version -> versions.add(version.resolve("bin")));
            }
        }
        // The program itself rather than the wrapper script that Debian puts on the PATH.
        return versions.stream()
                .map(folder -> folder.resolve(PROGRAM))
                .filter(Files::isExecutable)
                .findFirst()
                .or(() -> SystemPath.find(PROGRAM))
                .map(Recvlogical::new);
    }

    /** Which one it is, as it says itself. */
    String version() throws IOException, InterruptedException {
        var process = new ProcessBuilder(program.toString(), "--version").start();
        try (var out = process.inputReader()) {
            var line = out.readLine();
            process.waitFor();
            return line;
        }
    }

    /**
     * Reads a slot to nowhere, up to a place in the log. Its time is that of the whole process, its start included.
     *
     * @param changes how many changes there are up to that place
     */
    Map<String, Double> stream(PgSettings postgres, String slot, String end, int changes)
            throws IOException, InterruptedException {
        var command = List.of(
                program.toString(),
                "--slot",
                slot,
                "--start",
                "--no-loop",
                "--endpos",
                end,
                "--file",
                "/dev/null",
                "--dbname",
                postgres.database(),
                "--option",
                "proto_version=1",
                "--option",
                "publication_names=" + BenchTable.PUBLICATION);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(ProbeProcess.environment(postgres));
        long began = System.nanoTime();
        var process = builder.start();
        try (var out = process.inputReader()) {
            var said = String.join("\n", out.lines().toList());
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(program + " did not read slot " + slot + " up to " + end + ": " + said);
            }
        } finally {
            process.destroyForcibly();
        }
        var values = new TreeMap<String, Double>();
        values.put(Measurement.COUNT, (double) changes);
        values.put(Measurement.SECONDS, (System.nanoTime() - began) / 1e9);
        return values;
    }
}
