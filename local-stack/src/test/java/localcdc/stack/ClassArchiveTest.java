package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
    @TempDir
    Path home;

    @TempDir
    Path folder;

    private ClassArchive archive;

    @BeforeEach
    void none() {
        archive = ClassArchive.of(home.resolve("lib"), "kafka.Kafka");
    }

    @Test
    void keepsWhatAJvmWroteThatWasAllowedToEnd() throws IOException {
        for (int graceful : List.of(0, 143)) {
            Files.deleteIfExists(archive.file());
            Files.writeString(written(), "classes");

            archive.keep(folder, graceful);

            assertThat(archive.file()).hasParent(home).hasContent("classes");
            assertThat(archive.options(folder)).contains("-XX:SharedArchiveFile=" + archive.file());
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void throwsAwayWhatAKilledJvmMayHaveWrittenInPart() throws IOException {
        Files.writeString(written(), "cla");

        archive.keep(folder, 137);

        assertThat(home).isEmptyDirectory();
        assertThat(folder).isEmptyDirectory();
        assertThat(archive.options(folder)).noneMatch(option -> option.startsWith("-XX:SharedArchiveFile"));
    }

    @Test
    void leavesWhatIsThereIfTheJvmWroteNothing() throws IOException {
        Files.writeString(archive.file(), "classes");

        archive.keep(folder, 143);

        assertThat(archive.file()).hasContent("classes");
    }

    @Test
    void brokenFileDoesNotKeepAJvmFromStarting() throws Exception {
        Files.writeString(archive.file(), "no classes at all");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(archive.options(folder));
        command.add("-version");

        Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();

        String printed = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jvm.waitFor()).as(printed).isZero();
    }

    /** Where the JVM is told to write. */
    private Path written() {
        return archive.options(folder).stream()
                .filter(option -> option.startsWith("-XX:ArchiveClassesAtExit="))
                .map(option -> Path.of(option.substring(option.indexOf('=') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
