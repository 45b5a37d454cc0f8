package localcdc.k8s;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code k8s/up} and {@code k8s/down} in a copy of the repository's files, with programs of the test's own in place of kubectl
 * and the others. Each of these writes down how it was called, and answers as the test says. Not safe for several threads.
 */
final class StubbedScripts {
    /**
     * How a script has ended.
     *
     * @param printed stdout and stderr
     * @param calls the stubs' command lines in their order
     */
    record Result(int exitCode, String printed, List<String> calls) {
        /** The number of the first call that contains the text; -1 if there is none. */
        int call(String text) {
            for (int i = 0; i < calls.size(); i++) {
                if (calls.get(i).contains(text)) {
                    return i;
                }
            }
            return -1;
        }
    }

    private static final List<String> COPIED = List.of(
            "up",
            "down",
            "lib.sh",
            "base",
            "components",
            "overlays/docker-desktop",
            "overlays/kind",
            "overlays/kind-desktop",
            "overlays/minikube");

    private final Path repository;
    private final Path programs;
    private final Path calls;
    private final Map<String, String> environment = new LinkedHashMap<>();

    StubbedScripts(Path folder) throws IOException {
        repository = folder.resolve("repository");
        programs = Files.createDirectories(folder.resolve("programs"));
        calls = folder.resolve("calls");
        for (String name : COPIED) {
            copy(Manifests.FOLDER.resolve(name), repository.resolve("k8s").resolve(name));
        }
        copy(Manifests.FOLDER.resolve("../postgres-setup"), repository.resolve("postgres-setup"));
        for (String sources : List.of("core", "connect-plugin", "runner-common", "runner-kafka")) {
            Files.createDirectories(repository.resolve(sources).resolve("src/main"));
        }
        Files.createFile(repository.resolve("pom.xml"));
        Files.createDirectories(repository.resolve("connect-plugin/target"));
        Files.createDirectories(repository.resolve("runner-kafka/target/image/lib"));
        Files.createFile(repository.resolve("connect-plugin/target/connect-plugin.jar"));
        Files.createFile(repository.resolve("runner-kafka/target/runner-kafka.jar"));
        Path maven = repository.resolve("mvnw");
        Files.writeString(maven, "#!/bin/sh\necho \"mvnw $*\" >>" + calls + "\n");
        if (!maven.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + maven + " executable");
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                if (!Files.isDirectory(path)) {
                    Files.copy(path, target);
                }
            }
        }
    }

    /** A file of the copy. */
    Path file(String name) {
        return repository.resolve(name);
    }

    /**
     * A program.
     *
     * @param body shell: what it does with its arguments; {@code $*} is all of them
     */
    StubbedScripts stub(String name, String body) throws IOException {
        Path program = programs.resolve(name);
        Files.writeString(program, "#!/bin/sh\necho \"" + name + " $*\" >>" + calls + "\n" + body + "\n");
        if (!program.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + program + " executable");
        }
        return this;
    }

    /** Sets a variable of the scripts' environment. */
    StubbedScripts with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Runs {@code up} or {@code down}; of the machine's own programs it finds those of the system. */
    Result run(String script, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("sh", repository.resolve("k8s").resolve(script).toString()));
        command.addAll(arguments);
        Files.deleteIfExists(calls);
        Path printed = Files.createTempFile(programs.getParent(), "printed", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("CDC"));
        builder.environment().putAll(environment);
        builder.environment().put("PATH", programs + ":/usr/bin:/bin");
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(script + " does not end:\n" + Files.readString(printed));
        }
        return new Result(
                process.exitValue(),
                Files.readString(printed),
                Files.exists(calls) ? Files.readAllLines(calls) : List.of());
    }
}
