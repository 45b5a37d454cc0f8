package localcdc.connect;

import io.debezium.connector.postgresql.BriefSourceInfoStructMaker;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import localcdc.core.value.PgType;

/**
 * Writes the jar that belongs into the Debezium connector's own plugin directory, out of the classes that this JVM runs with:
 * folders of classes, the modules' jars, or one jar with everything. So whoever starts Connect needs no other file. The same
 * classes always make the same bytes. Stateless.
 */
public final class ConnectPlugin {

    private static final String FILE = "connect-plugin.jar";
    private static final String SERVICES = "META-INF/services/";
    private static final Pattern CONTENT = Pattern.compile(
            "localcdc/(core|connect)/.+|io/debezium/connector/postgresql/BriefSourceInfoStructMaker(\\$.+)?\\.class");
    private static final LocalDateTime ANY_TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

    private ConnectPlugin() {}

    /**
     * Writes {@code connect-plugin.jar} into this folder, in place of one that is there.
     *
     * @return the jar
     */
    public static Path writeTo(Path folder) throws IOException {
        var entries = new TreeMap<String, byte[]>();
        for (var place : places()) {
            if (Files.isDirectory(place)) {
                collect(place, entries);
            } else {
                try (var jar = FileSystems.newFileSystem(place, (ClassLoader) null)) {
                    collect(jar.getPath("/"), entries);
                }
            }
        }
        keepOwnServices(entries);
        Files.createDirectories(folder);
        // Connect may look at any moment: the file is whole when it appears.
        var unfinished = Files.createTempFile(folder, FILE, ".tmp");
        try {
            try (var out = Files.newOutputStream(unfinished)) {
                write(entries, out);
            }
            return Files.move(
                    unfinished,
                    folder.resolve(FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static Set<Path> places() {
        var places = new LinkedHashSet<Path>();
        for (var type : Set.of(ConnectPlugin.class, BriefSourceInfoStructMaker.class, PgType.class)) {
            try {
                places.add(Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().toURI()));
            } catch (URISyntaxException e) {
                throw new IllegalStateException(
                        "Class " + type.getName() + " comes from no place in the file system", e);
            }
        }
        return places;
    }

    private static void collect(Path root, Map<String, byte[]> entries) throws IOException {
        try (var files = Files.walk(root)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = root.relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), "/");
                if (CONTENT.matcher(name).matches()) {
                    entries.put(name, Files.readAllBytes(file));
                } else if (name.startsWith(SERVICES)) {
                    entries.merge(name, Files.readAllBytes(file), ConnectPlugin::joined);
                }
            }
        }
    }

    private static byte[] joined(byte[] one, byte[] other) {
        return (text(one) + "\n" + text(other)).getBytes(StandardCharsets.UTF_8);
    }

    /** A jar with everything has other people's services in the same files. */
    private static void keepOwnServices(Map<String, byte[]> entries) {
        entries.replaceAll((name, content) -> name.startsWith(SERVICES)
                ? text(content)
                        .lines()
                        .map(String::strip)
                        .filter(line -> entries.containsKey(line.replace('.', '/') + ".class"))
                        .distinct()
                        .map(line -> line + "\n")
                        .collect(Collectors.joining())
                        .getBytes(StandardCharsets.UTF_8)
                : content);
        entries.values().removeIf(content -> content.length == 0);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static void write(Map<String, byte[]> entries, OutputStream out) throws IOException {
        try (var zip = new ZipOutputStream(out)) {
            for (var entry : entries.entrySet()) {
                var header = new ZipEntry(entry.getKey());
                header.setTimeLocal(ANY_TIME);
                zip.putNextEntry(header);
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
    }
}
