package localcdc.stack;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of programs in the work folder, unpacked once per user and content; any number of processes may ask for it at the
 * same time.
 *
 * <p>It appears under its name only when it is whole. A list of its files lies in it, and a folder in which one is missing
 * (systems clean old files out of their temporary folder) is replaced.
 */
final class UnpackedFolder {
    static final Set<PosixFilePermission> OPEN_TO_READ = PosixFilePermissions.fromString("rwxr-xr-x");

    private static final Logger LOG = LoggerFactory.getLogger(UnpackedFolder.class);
    private static final String COMPLETE = ".complete";
    private static final String UNPACKING = "unpacking-";

    private UnpackedFolder() {}

    /** Fills a folder and says which files it has put there, by their names below the folder. */
    @FunctionalInterface
    interface Content {
        List<String> unpackInto(Path folder) throws IOException;
    }

    /** The folder, filled now if that has not happened before; the name must change whenever the content does. */
    static Path get(WorkFolder work, String name, Content content) throws IOException {
        return work.exclusively("binaries.lock", () -> {
            Path home = work.path().resolve(name);
            if (!isComplete(home)) {
                LOG.atInfo().addKeyValue("folder", home).log("unpacking programs");
                replace(home, content);
            }
            return home;
        });
    }

    private static boolean isComplete(Path home) throws IOException {
        Path list = home.resolve(COMPLETE);
        if (!Files.isRegularFile(list)) {
            return false;
        }
        for (String file : Files.readAllLines(list)) {
            if (!Files.exists(home.resolve(file))) {
                return false;
            }
        }
        return true;
    }

    private static void replace(Path home, Content content) throws IOException {
        removeWhatAKilledRunLeft(home.getParent());
        Path part = Files.createTempDirectory(home.getParent(), UNPACKING);
        try {
            Files.write(part.resolve(COMPLETE), content.unpackInto(part));
            Files.setPosixFilePermissions(part, OPEN_TO_READ);
            if (Files.exists(home)) {
                FolderTree.delete(home);
            }
            Files.move(part, home, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            if (Files.exists(part)) {
                FolderTree.delete(part);
            }
        }
    }

    private static void removeWhatAKilledRunLeft(Path root) throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(root, UNPACKING + "*")) {
            for (Path part : parts) {
                FolderTree.delete(part);
            }
        }
    }
}
