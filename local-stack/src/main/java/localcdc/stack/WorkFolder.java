package localcdc.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder below the system's temporary folder that belongs to this user: unpacked binaries, and one folder for each
 * running server. Everybody may enter it (a server that root starts runs as another user), only its owner may write.
 *
 * <p>Each server's folder holds a locked file while its JVM lives. The kernel gives the lock back however the JVM ends, so
 * a folder whose lock can be taken belongs to nobody any more, and the next start removes it.
 */
final class WorkFolder {
    private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);
    private static final String SERVER = "server-";
    private static final Set<PosixFilePermission> OPEN_TO_READ = PosixFilePermissions.fromString("rwxr-xr-x");

    /**
     * The folders of this JVM. Their lock files must not be opened a second time: closing any handle of a file gives back
     * the process's lock on it.
     */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path root;

    private WorkFolder(Path root) {
        this.root = root;
    }

    /** This user's folder, made if it is not there. */
    static WorkFolder ofThisUser() {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        try {
            Path probe = Files.createTempFile(temporary, "localcdc-", ".user");
            Object uid;
            try {
                uid = Files.getAttribute(probe, "unix:uid");
            } finally {
                Files.delete(probe);
            }
            Path root = temporary.resolve("localcdc-" + uid);
            try {
                Files.createDirectory(root);
            } catch (FileAlreadyExistsException fromAnEarlierRun) {
                requireOwn(root, uid);
            }
            Files.setPosixFilePermissions(root, OPEN_TO_READ);
            return new WorkFolder(root);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unusable) {
            throw new StackException(
                    "Cannot make a working folder below " + temporary + ": " + unusable + ".",
                    "Choose another temporary folder with -Djava.io.tmpdir=FOLDER (on Windows use WSL 2).",
                    unusable);
        }
    }

    private static void requireOwn(Path root, Object uid) throws IOException {
        Object owner = Files.getAttribute(root, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!owner.equals(uid) || !Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            throw new StackException(
                    root + " belongs to user number " + owner
                            + " or is no folder, so programs in it cannot be trusted.",
                    "Remove it, or choose another temporary folder with -Djava.io.tmpdir=FOLDER.");
        }
    }

    Path path() {
        return root;
    }

    /** A new folder for one server; {@link Lease#close} removes it with everything in it. */
    Lease newServerFolder() throws IOException {
        return exclusively("servers.lock", () -> {
            sweep();
            Path folder = Files.createTempDirectory(root, SERVER);
            Files.setPosixFilePermissions(folder, OPEN_TO_READ);
            OWN.add(folder);
            FileChannel channel = FileChannel.open(
                    folder.resolve("owner.lock"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel.lock();
            return new Lease(folder, channel);
        });
    }

    /** Removes the folders of servers whose JVM is gone. One that cannot be removed is named in the log and left. */
    private void sweep() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, SERVER + "*")) {
            for (Path folder : folders) {
                if (OWN.contains(folder) || isInUse(folder)) {
                    continue;
                }
                try {
                    FolderTree.delete(folder);
                    LOG.atInfo().addKeyValue("folder", folder).log("removed what a killed run had left");
                } catch (IOException locked) {
                    LOG.atWarn().addKeyValue("folder", folder).setCause(locked).log("cannot remove an old folder");
                }
            }
        }
    }

    private static boolean isInUse(Path folder) throws IOException {
        Path lockFile = folder.resolve("owner.lock");
        if (Files.exists(lockFile)) {
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                if (lock == null) {
                    return true;
                }
            }
        }
        // The JVM is gone; its server may still be shutting down.
        return ServerPid.isAlive(folder)
                || PostmasterFile.read(folder.resolve(PostgresFolder.DATA))
                        .flatMap(PostmasterFile::process)
                        .isPresent();
    }

    /** Runs the action while no other process of this user runs one under the same lock file. */
    <T> T exclusively(String lockFile, FileAction<T> action) throws IOException {
        synchronized (WorkFolder.class) {
            try (FileChannel channel = FileChannel.open(
                            root.resolve(lockFile), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException("lock lost on " + lockFile);
                }
                return action.run();
            }
        }
    }

    /** Work on files. */
    @FunctionalInterface
    interface FileAction<T> {
        T run() throws IOException;
    }

    /** One server's folder for as long as its server is needed. Close may be repeated. */
    static final class Lease implements AutoCloseable {
        private final Path folder;
        private final FileChannel lock;

        private Lease(Path folder, FileChannel lock) {
            this.folder = folder;
            this.lock = lock;
        }

        Path folder() {
            return folder;
        }

        @Override
        public void close() {
            try {
                FolderTree.delete(folder);
                lock.close();
            } catch (IOException failed) {
                throw new UncheckedIOException("cannot remove " + folder, failed);
            } finally {
                OWN.remove(folder);
            }
        }
    }
}
