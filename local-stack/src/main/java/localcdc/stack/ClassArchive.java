package localcdc.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;

/**
 * The classes of a Java server as its JVM keeps them in memory, in a file beside its jars (JEP 350, dynamic archives). A JVM
 * that finds none writes one when it ends gracefully; the later ones map it instead of parsing the classes again, which halves
 * the time until a broker is ready. A JVM that cannot use it, or write it, starts without.
 *
 * @param file it carries the JVM's version, since another JVM refuses it
 */
record ClassArchive(Path file) {
    private static final String WRITTEN = "classes.jsa";

    /** How the JVM that ended says that it was asked to: its own, or the signal's. */
    private static final List<Integer> GRACEFUL = List.of(0, 128 + 15);

    static ClassArchive of(Path libraries, String mainClass) {
        String jvm = System.getProperty("java.vm.vendor")
                + System.getProperty("java.vm.version")
                + System.getProperty("java.home");
        UUID id = UUID.nameUUIDFromBytes(jvm.getBytes(StandardCharsets.UTF_8));
        String simpleName = mainClass.substring(mainClass.lastIndexOf('.') + 1);
        return new ClassArchive(libraries.resolveSibling(simpleName + "-" + id + ".jsa"));
    }

    /**
     * What a JVM needs to use it, or else to write it.
     *
     * @param folder the server's own
     */
    List<String> options(Path folder) {
        String use = Files.exists(file)
                ? "-XX:SharedArchiveFile=" + file
                : "-XX:ArchiveClassesAtExit=" + folder.resolve(WRITTEN);
        // It would name every class that cannot be in it.
        return List.of(use, "-Xlog:cds*=off");
    }

    /** Keeps what a JVM in that folder has written, if it was allowed to end. */
    void keep(Path folder, int exitCode) throws IOException {
        Path written = folder.resolve(WRITTEN);
        if (!Files.exists(written)) {
            return;
        }
        if (GRACEFUL.contains(exitCode)) {
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.delete(written);
        }
    }
}
