package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardedProcessTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private Path log;

    @BeforeEach
    void nameTheLog() {
        log = folder.resolve("child.log");
    }

    @Test
    void passesOnTheExitCodeOfItsChild() throws Exception {
        // Given
        GuardedProcess child = start("exit 7");

        // When
        int code = child.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);

        // Then
        assertThat(code).isEqualTo(7);
        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void leavesNoProcessWhenTheChildEndsFirst() {
        // Given
        GuardedProcess child = start("exit 0");

        // When
        child.waitFor(SOON);

        // Then
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(ProcessHandle.current().descendants()).isEmpty());
    }

    @Test
    void handsTheArgumentsOverUnchanged() throws IOException {
        // Given
        List<String> awkward =
                new ArrayList<>(List.of("a b", "it's", "$HOME", "\"q\"", "line\nbreak", "*", "", "`id`"));
        // In the POSIX locale, a bare container's, Java itself can hand no such letter to a process.
        if (Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode('ü')) {
            awkward.add("ü");
        }
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "for word; do echo \"<$word>\"; done", "sh"));
        command.addAll(awkward);

        // When
        GuardedProcess.command(command).logFile(log).start().waitFor(SOON);

        // Then
        assertThat(Files.readString(log)).isEqualTo("<" + String.join(">\n<", awkward) + ">\n");
    }

    @Test
    void showsTheCommandInTheProcessListOnlyOnce() throws IOException {
        // Given
        Path marker = Files.createFile(folder.resolve("marker-" + UUID.randomUUID()));

        // When
        try (GuardedProcess child =
                GuardedProcess.command(List.of("tail", "-f", marker.toString())).start()) {

            // Then
            List<Long> found = ProcessHandle.allProcesses()
                    .filter(process -> Arrays.toString(
                                    process.info().arguments().orElse(new String[0]))
                            .contains(marker.toString()))
                    .map(ProcessHandle::pid)
                    .toList();
            assertThat(found).containsExactly(child.pid());
        }
    }

    @Test
    void sendsItsChildTheGracefulSignalFirst() throws IOException {
        // Given
        GuardedProcess child = start("trap 'echo tidy; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        awaitLog("ready");

        // When
        child.stop(SOON);

        // Then
        assertThat(Files.readString(log)).contains("tidy");
        assertThat(child.onExit().join()).isEqualTo(3);
    }

    @Test
    void killsAChildThatDoesNotHearItsSignal() {
        // Given
        GuardedProcess child = start("trap '' TERM; echo ready; exec sleep 300");
        awaitLog("ready");

        // When
        child.stop(Duration.ofMillis(300));

        // Then
        assertThat(child.onExit().join()).isEqualTo(128 + 9);
    }

    @Test
    void tellsWhyAProgramCannotBeStarted() throws Exception {
        // When
        GuardedProcess child =
                GuardedProcess.command(List.of("/no/such/program")).logFile(log).start();

        // Then
        assertThat(child.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(127);
        assertThat(Files.readString(log)).contains("/no/such/program");
    }

    @Test
    void endsItsChildWhenTheParentIsKilled() throws Exception {
        try (ChildJvm parent = ChildJvm.start(GuardMain.class, "/bin/sleep", "300")) {
            // Given
            String pid = parent.nextLine();
            List<ProcessHandle> family = parent.descendants();
            assertThat(family)
                    .extracting(process -> Long.toString(process.pid()))
                    .contains(pid);

            // When
            parent.kill();

            // Then
            await().atMost(SOON).untilAsserted(() -> assertThat(family).noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void killsAStubbornChildWhenTheParentIsKilled() throws Exception {
        try (ChildJvm parent = ChildJvm.start(GuardMain.class, "/bin/sh", "-c", "trap '' TERM; exec sleep 300")) {
            // Given
            parent.nextLine();
            List<ProcessHandle> family = parent.descendants();

            // When
            parent.kill();

            // Then
            await().atMost(SOON).untilAsserted(() -> assertThat(family).noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void endsItsChildWhenSomebodyKillsTheShellInBetween() throws Exception {
        // Given
        GuardedProcess child =
                GuardedProcess.command(List.of("/bin/sleep", "300")).start();
        ProcessHandle sleep = ProcessHandle.of(child.pid()).orElseThrow();
        ProcessHandle shell = sleep.parent().orElseThrow();

        // When
        shell.destroyForcibly();

        // Then
        child.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
        await().atMost(SOON).until(() -> !sleep.isAlive());
    }

    private GuardedProcess start(String script) {
        return GuardedProcess.command(List.of("/bin/sh", "-c", script))
                .logFile(log)
                .start();
    }

    private void awaitLog(String text) {
        await().atMost(SOON).until(() -> Files.readString(log).contains(text));
    }
}
