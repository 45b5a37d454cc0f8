package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectPluginTest {

    private static final String BRIEF = "io/debezium/connector/postgresql/BriefSourceInfoStructMaker.class";

    @TempDir
    private Path folder;

    @Test
    void writesOurClassesAndNobodyElses() throws Exception {
        // When
        var jar = ConnectPlugin.writeTo(folder.resolve("plugins"));

        // Then
        assertThat(jar).isEqualTo(folder.resolve("plugins").resolve("connect-plugin.jar"));
        assertThat(jar.getParent()).isDirectoryContaining(file -> file.equals(jar));
        var names = names(jar);
        assertThat(names)
                .contains(
                        BRIEF,
                        "localcdc/connect/CanonicalRecord.class",
                        "localcdc/connect/MessageBarrier.class",
                        "localcdc/core/value/PgType.class",
                        "META-INF/services/org.apache.kafka.connect.transforms.Transformation",
                        "META-INF/services/io.debezium.pipeline.signal.actions.SignalActionProvider")
                .noneMatch(name -> name.contains("Test") || name.contains("jackson") || name.contains("slf4j"));
        assertThat(names.stream()
                        .filter(name -> !name.startsWith("localcdc/") && !name.startsWith("META-INF/services/")))
                .containsExactly(BRIEF);
    }

    @Test
    void writesTheSameBytesEachTime() throws Exception {
        // When
        var first = Files.readAllBytes(ConnectPlugin.writeTo(folder));
        var second = Files.readAllBytes(ConnectPlugin.writeTo(folder));

        // Then
        assertThat(second).isEqualTo(first);
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @SuppressWarnings("rawtypes") // services are found by their raw class
    @Test
    void isFoundByAFreshClassLoaderAsAPlugin() throws Exception {
        // Given
        var jar = ConnectPlugin.writeTo(folder);
        try (var loader = new OwnClassesFirst(jar.toUri().toURL())) {
            // When
            var found = ServiceLoader.load(Transformation.class, loader).stream()
                    .filter(provider -> provider.type().getClassLoader() == loader)
                    .toList();

            // Then
            assertThat(found).hasSize(1);
            var transform = found.get(0).get();
            assertThat(transform.getClass().getName()).isEqualTo(CanonicalRecord.class.getName());
            assertThat(transform.getClass()).isNotEqualTo(CanonicalRecord.class);
            transform.configure(Map.of());
            transform.close();
        }
    }

    /** From a jar that holds everything, and other people's services with ours. */
    @Test
    void writesTheSameOutOfOneJarWithEverything() throws Exception {
        // Given
        var fat = folder.resolve("fat");
        var plugin = ConnectPlugin.writeTo(fat);
        var before = names(plugin);
        try (var jar = FileSystems.newFileSystem(plugin, (ClassLoader) null)) {
            Files.createDirectories(jar.getPath("/somebody/elses"));
            Files.writeString(jar.getPath("/somebody/elses/Thing.class"), "x");
            Files.writeString(jar.getPath("/META-INF/services/somebody.elses.Service"), "somebody.elses.Thing\n");
            var services = jar.getPath("/META-INF/services/org.apache.kafka.connect.transforms.Transformation");
            Files.writeString(services, "# theirs\nsomebody.elses.Thing\n" + Files.readString(services));
        }

        // When
        Path again;
        try (var loader = new OwnClassesFirst(plugin.toUri().toURL())) {
            again = (Path) loader.loadClass(ConnectPlugin.class.getName())
                    .getMethod("writeTo", Path.class)
                    .invoke(null, folder.resolve("again"));
        }

        // Then
        assertThat(names(again)).isEqualTo(before);
        try (var jar = new JarFile(again.toFile())) {
            var services = jar.getEntry("META-INF/services/org.apache.kafka.connect.transforms.Transformation");
            assertThat(jar.getInputStream(services).readAllBytes())
                    .isEqualTo("localcdc.connect.CanonicalRecord\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static List<String> names(Path jar) throws Exception {
        try (var file = new JarFile(jar.toFile())) {
            return file.stream().map(ZipEntry::getName).toList();
        }
    }

    /** As Connect's loader of a plugin directory: what is in the jar comes from the jar. */
    private static final class OwnClassesFirst extends URLClassLoader {

        OwnClassesFirst(URL jar) {
            super(new URL[] {jar}, ConnectPluginTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                var loaded = findLoadedClass(name);
                if (loaded == null && findResource(name.replace('.', '/') + ".class") != null) {
                    loaded = findClass(name);
                }
                return loaded == null ? super.loadClass(name, resolve) : loaded;
            }
        }
    }
}
