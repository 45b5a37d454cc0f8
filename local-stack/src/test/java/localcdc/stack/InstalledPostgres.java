package localcdc.stack;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The PostgreSQL servers that are installed on this machine the Debian way, for tests with other versions. */
public final class InstalledPostgres {
    private static final Path INSTALLATIONS = Path.of("/usr/lib/postgresql");

    private InstalledPostgres() {}

    /** The bin folders, for {@link LocalPostgresBuilder#installation}; empty if there is none. */
    public static List<Path> binFolders() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(INSTALLATIONS)) {
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(INSTALLATIONS)) {
                for (Path version : versions) {
                    Path bin = version.resolve("bin");
                    if (Files.isExecutable(bin.resolve("postgres")) && Files.isExecutable(bin.resolve("initdb"))) {
                        found.add(bin);
                    }
                }
            }
        }
        return found;
    }
}
