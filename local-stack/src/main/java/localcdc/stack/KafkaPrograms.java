package localcdc.stack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The jars of broker, Connect worker and Debezium connector from kafka-servers.jar, unpacked once per user and version. They
 * are never on this JVM's class path: the worker's Jetty, Jackson and slf4j are others than ours.
 *
 * @param libraries the jars of broker and worker
 * @param connector the jars of the Debezium connector, as its plugin archive holds them
 */
record KafkaPrograms(Path libraries, Path connector) {
    private static final String INDEX = "kafka-servers/index";
    private static final String CONNECTOR_ARCHIVE = "-plugin.tar.gz";
    private static final String JAR = ".jar";

    /** Unpacks them if this user has not done so before. */
    static KafkaPrograms unpack(WorkFolder work) {
        List<String> resources = index();
        try {
            Path home = UnpackedFolder.get(work, "kafka-" + digest(resources), into -> extract(resources, into));
            return new KafkaPrograms(home.resolve("lib"), home.resolve("connector"));
        } catch (IOException failed) {
            throw new StackException(
                    "Cannot unpack Kafka into " + work.path() + ": " + failed.getMessage(),
                    "It needs about 90 MB there; another folder can be chosen with -Djava.io.tmpdir=FOLDER.",
                    failed);
        }
    }

    /** The resources' names, with their versions, in the order of a class path. */
    static List<String> index() {
        try (InputStream stream = open(INDEX)) {
            return List.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .split(":"));
        } catch (IOException broken) {
            throw new StackException("The list of Kafka's jars cannot be read: " + broken, "Build again.", broken);
        }
    }

    private static InputStream open(String resource) {
        InputStream stream = KafkaPrograms.class.getClassLoader().getResourceAsStream(resource);
        if (stream == null) {
            throw new StackException(
                    "This build has no Kafka (" + resource + " is not on the classpath).",
                    "Build the module local-stack/servers, too: ./mvnw verify -Dquick");
        }
        return new BufferedInputStream(stream, 1 << 16);
    }

    /** A released file does not change under its name, so the names stand for the content. */
    private static String digest(List<String> resources) {
        try {
            byte[] names = String.join(":", resources).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(names), 0, 8);
        } catch (NoSuchAlgorithmException broken) {
            throw new IllegalStateException("every JVM has SHA-256", broken);
        }
    }

    private static List<String> extract(List<String> resources, Path into) throws IOException {
        Files.createDirectories(into.resolve("lib"));
        Files.createDirectories(into.resolve("connector"));
        List<String> names = new ArrayList<>();
        for (String resource : resources) {
            String file = resource.substring(resource.lastIndexOf('/') + 1);
            try (InputStream content = open(resource)) {
                if (file.endsWith(CONNECTOR_ARCHIVE)) {
                    names.addAll(extractJars(content, into));
                } else {
                    names.add("lib/" + file);
                    Files.copy(content, into.resolve("lib").resolve(file));
                }
            }
        }
        return names;
    }

    private static List<String> extractJars(InputStream archive, Path into) throws IOException {
        List<String> names = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(archive, 1 << 16))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String file = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                if (entry.isFile() && file.endsWith(JAR)) {
                    names.add("connector/" + file);
                    Files.copy(tar, into.resolve("connector").resolve(file));
                }
            }
        }
        return names;
    }

    /**
     * A server that runs until it is stopped, with a collector for short pauses, and its classes as an earlier start left them.
     *
     * @param folder the server's own, with its log's settings
     * @param jvmOptions those that only this server needs
     * @param settings the file that it takes
     */
    List<String> server(String mainClass, Path folder, List<String> jvmOptions, Path settings) {
        List<String> options = new ArrayList<>(classArchive(mainClass).options(folder));
        options.addAll(List.of(
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                logging(folder)));
        options.addAll(jvmOptions);
        return command(mainClass, options, List.of(settings.toString()));
    }

    /** A tool that does one thing and ends. */
    List<String> tool(String mainClass, Path folder, List<String> arguments) {
        return command(mainClass, List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", logging(folder)), arguments);
    }

    private static String logging(Path folder) {
        return "-Dlog4j2.configurationFile=" + folder.resolve("log4j2.properties");
    }

    /**
     * A JVM with these libraries; its class path is short, so that a list of processes shows the main class. What the
     * environment adds to the options comes last, so that it wins.
     */
    private List<String> command(String mainClass, List<String> jvmOptions, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(LocalKafka.javaOptions());
        command.addAll(List.of("-cp", libraries + "/*", mainClass));
        command.addAll(arguments);
        return command;
    }

    /** Where the classes of a program are kept between its starts. */
    ClassArchive classArchive(String mainClass) {
        return ClassArchive.of(libraries, mainClass);
    }

    /** Puts the connector's jars into a folder, as links where the file system can, so that others may lie beside them. */
    void linkConnectorInto(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(connector, "*" + JAR)) {
            for (Path jar : jars) {
                Path link = folder.resolve(jar.getFileName());
                try {
                    Files.createLink(link, jar);
                } catch (UnsupportedOperationException noLinks) {
                    Files.copy(jar, link);
                }
            }
        }
    }
}
