package localcdc.stack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL programs from the archive on the classpath, unpacked once per user and archive. */
final class PostgresBinaries {
    private static final Map<String, String> ARCHITECTURES =
            Map.of("amd64", "x86_64", "x86_64", "x86_64", "x86-64", "x86_64", "aarch64", "arm_64", "arm64", "arm_64");

    private PostgresBinaries() {}

    /**
     * The folder with {@code initdb} and {@code postgres}.
     *
     * @throws StackException the classpath has no archive for this platform
     */
    static Path unpack(WorkFolder work) {
        String archive = archiveName(System.getProperty("os.name"), System.getProperty("os.arch"));
        try {
            String name = "postgres-" + digest(archive);
            return UnpackedFolder.get(work, name, into -> extract(archive, into))
                    .resolve("bin");
        } catch (IOException failed) {
            throw new StackException(
                    "Cannot unpack " + archive + " into " + work.path() + ": " + failed.getMessage(),
                    "It needs about 60 MB there; another folder can be chosen with -Djava.io.tmpdir=FOLDER.",
                    failed);
        }
    }

    static String archiveName(String os, String arch) {
        String system = os.toLowerCase(Locale.ROOT);
        String family = system.contains("mac") ? "darwin" : system.startsWith("windows") ? "windows" : system;
        return "postgres-" + family + "-" + ARCHITECTURES.getOrDefault(arch.toLowerCase(Locale.ROOT), arch) + ".txz";
    }

    private static InputStream open(String archive) {
        InputStream stream = PostgresBinaries.class.getClassLoader().getResourceAsStream(archive);
        if (stream == null) {
            throw new StackException(
                    "This build has no PostgreSQL programs for " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch") + " (" + archive + " is not on the classpath).",
                    "Build on the machine you run on, or use a PostgreSQL that is installed already.");
        }
        return new BufferedInputStream(stream, 1 << 16);
    }

    private static String digest(String archive) throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            try (InputStream stream = new DigestInputStream(open(archive), sha)) {
                stream.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException broken) {
            throw new IllegalStateException("every JVM has SHA-256", broken);
        }
    }

    private static List<String> extract(String archive, Path into) throws IOException {
        List<String> names = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(open(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = into.resolve(entry.getName()).normalize();
                if (!target.startsWith(into)) {
                    throw new IOException(entry.getName() + " leads out of the archive");
                }
                write(tar, entry, target, into);
                names.add(into.relativize(target).toString());
            }
        }
        return names;
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target, Path into)
            throws IOException {
        if (entry.isDirectory()) {
            createFolders(target, into);
            return;
        }
        createFolders(target.getParent(), into);
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(target, into.resolve(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    /** Folders that everybody may enter, whatever the umask says. */
    private static void createFolders(Path folder, Path into) throws IOException {
        if (folder.equals(into) || Files.isDirectory(folder)) {
            return;
        }
        createFolders(folder.getParent(), into);
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
