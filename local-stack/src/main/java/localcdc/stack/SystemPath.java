package localcdc.stack;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the programs of this machine are. Stateless. */
public final class SystemPath {

    /** Folders that hold system tools but are often missing from a service's PATH. */
    private static final List<String> SYSTEM_FOLDERS = List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin");

    private SystemPath() {}

    /** Where the program is, searched in PATH and in the system's folders. */
    public static Optional<Path> find(String program) {
        Stream<String> path = Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty());
        return Stream.concat(path, SYSTEM_FOLDERS.stream())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
