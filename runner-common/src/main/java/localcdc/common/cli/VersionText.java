package localcdc.common.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import picocli.CommandLine.IVersionProvider;

/** Name and versions of the jar that runs, from its manifest; without a jar (tests, an IDE) they are unknown. */
public final class VersionText implements IVersionProvider {

    private final Attributes manifest;

    public VersionText() {
        this.manifest = ownManifest();
    }

    /** The platform's version, or {@code unknown}. */
    public String version() {
        return attribute("Implementation-Version").orElse("unknown");
    }

    /** Debezium's version, or {@code unknown}. */
    public String debezium() {
        return attribute("Debezium-Version").orElse("unknown");
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "${ROOT-COMMAND-NAME} " + version(),
            "Debezium " + debezium(),
            "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
        };
    }

    private Optional<String> attribute(String name) {
        return Optional.ofNullable(manifest.getValue(name));
    }

    private static Attributes ownManifest() {
        var ownClass = VersionText.class.getName().replace('.', '/') + ".class";
        var url = VersionText.class.getClassLoader().getResource(ownClass);
        if (url == null || !url.getProtocol().equals("jar")) {
            return new Attributes();
        }
        try {
            var jar = ((java.net.JarURLConnection) url.openConnection());
            jar.setUseCaches(false);
            try (var file = jar.getJarFile()) {
                return Optional.ofNullable(file.getManifest())
                        .map(Manifest::getMainAttributes)
                        .orElseGet(Attributes::new);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the manifest of the running jar", e);
        }
    }
}
