package localcdc.k8s;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import localcdc.stack.TestPostgres;

/** {@code kubectl kustomize}, which needs no cluster. */
final class Kustomize {
    private static final int TIMEOUT_SECONDS = 60;

    private Kustomize() {}

    /** What {@code kubectl apply -k} would send; skips the test where there is no kubectl. */
    static Manifests render(Path folder) {
        try {
            Path output = Files.createTempFile("rendered", ".yaml");
            Path errors = Files.createTempFile("rendered", ".err");
            try {
                Process process = start(folder, output, errors);
                if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("kubectl kustomize " + folder + " does not end");
                }
                if (process.exitValue() != 0) {
                    throw new IllegalStateException("kubectl kustomize " + folder + ": " + Files.readString(errors));
                }
                return Manifests.parse(Files.readString(output, StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException failed) {
            throw new IllegalStateException("kubectl kustomize " + folder, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    private static Process start(Path folder, Path output, Path errors) {
        try {
            return new ProcessBuilder("kubectl", "kustomize", folder.toString())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
        } catch (IOException missing) {
            TestPostgres.skip("rendering " + folder.getFileName() + " needs kubectl 1.27 or newer, which is not here");
            throw new IllegalStateException(missing);
        }
    }
}
