package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import localcdc.connect.ConnectPlugin;
import localcdc.stack.LocalKafka;
import localcdc.stack.TestKafka;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker that asks who its clients are: a listener with SCRAM, one with TLS, and an authorizer. Whoever comes by the plain
 * one or by TLS may do everything.
 */
final class SecureBroker implements AutoCloseable {

    static final String KEYSTORE_PASSWORD = "keystore-hush";

    private static final String SASL = "SASL";
    private static final String TLS = "TLS";

    private final Path folder;
    private final LocalKafka broker;
    private final TestKafka kafka;

    /** Starts it, with its certificates in the folder. */
    SecureBroker(Path folder) throws Exception {
        this.folder = folder;
        certificate("broker");
        certificate("other");
        broker = LocalKafka.builder()
                .listener(SASL, "SASL_PLAINTEXT")
                .listener(TLS, "SSL")
                .settings(Map.ofEntries(
                        Map.entry("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                        Map.entry("super.users", "User:ANONYMOUS"),
                        Map.entry("listener.name.sasl.sasl.enabled.mechanisms", "SCRAM-SHA-512"),
                        Map.entry(
                                "listener.name.sasl.scram-sha-512.sasl.jaas.config",
                                "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
                        // Whoever is connected has to show his password again.
                        Map.entry("listener.name.sasl.scram-sha-512.connections.max.reauth.ms", "3000"),
                        Map.entry("listener.name.tls.ssl.keystore.type", "PKCS12"),
                        Map.entry(
                                "listener.name.tls.ssl.keystore.location",
                                keystore("broker").toString()),
                        Map.entry("listener.name.tls.ssl.keystore.password", KEYSTORE_PASSWORD)))
                .build()
                .start();
        kafka = TestKafka.around(broker, ConnectPlugin::writeTo);
    }

    private Path keystore(String name) {
        return folder.resolve(name + ".p12");
    }

    /** A key store with a certificate for this machine, and a trust store that knows it. */
    private void certificate(String name) throws IOException, InterruptedException {
        var certificate = folder.resolve(name + ".crt").toString();
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                keystore(name).toString());
        keytool(
                "-exportcert",
                "-alias",
                name,
                "-file",
                certificate,
                "-keystore",
                keystore(name).toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                name,
                "-file",
                certificate,
                "-keystore",
                keystore(name + "-trust").toString());
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", KEYSTORE_PASSWORD));
        var output = Files.createTempFile(folder, "keytool", ".txt");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    /** For topics of a test's own, by the plain listener. */
    TestKafka kafka() {
        return kafka;
    }

    String sasl() {
        return broker.bootstrapServers(SASL);
    }

    String tls() {
        return broker.bootstrapServers(TLS);
    }

    /** What a client needs to come as this user. */
    static Map<String, String> as(String user, String password) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                        + password + "\";");
    }

    /** What a client needs to trust the certificate of this name: {@code broker}, or the {@code other} one. */
    Map<String, String> trusting(String name) {
        return Map.of(
                "security.protocol",
                "SSL",
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.location",
                keystore(name + "-trust").toString(),
                "ssl.truststore.password",
                KEYSTORE_PASSWORD);
    }

    /** Makes a user, or changes his password. */
    void user(String name, String password) throws Exception {
        try (var admin = kafka.admin()) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    /** Lets a user do this with all topics, or groups, whose names begin so. */
    void allow(String user, AclOperation operation, ResourceType type, String prefix) throws Exception {
        try (var admin = kafka.admin()) {
            admin.createAcls(List.of(binding(user, operation, type, prefix)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    /** Takes it back. */
    void forbid(String user, AclOperation operation, ResourceType type, String prefix) throws Exception {
        try (Admin admin = kafka.admin()) {
            admin.deleteAcls(List.of(binding(user, operation, type, prefix).toFilter()))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static AclBinding binding(String user, AclOperation operation, ResourceType type, String prefix) {
        return new AclBinding(
                new ResourcePattern(type, prefix, PatternType.PREFIXED),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    @Override
    public void close() {
        broker.close();
    }
}
