package localcdc.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule finds what it is for, in our own manifests with one thing broken. */
class ManifestRuleTest {

    /**
     * One change of the manifests.
     *
     * @param complaint part of what the rule must say
     */
    record Broken(ManifestRule rule, String file, String was, String becomes, String complaint) {
        @Override
        public String toString() {
            return rule + ": " + becomes.strip();
        }
    }

    private static final String BROKER = "base/kafka-broker.yaml";
    private static final String CONNECT = "base/kafka-connect.yaml";
    private static final String CONSUMER = "base/cdc-consumer.yaml";

    @TempDir
    private Path folder;

    static List<Broken> broken() {
        return List.of(
                new Broken(
                        ManifestRule.SELECTORS_MATCH_LABELS,
                        CONSUMER,
                        "      labels:\n        app.kubernetes.io/name: cdc-consumer",
                        "      labels:\n        app.kubernetes.io/name: consumer",
                        "Service cdc-consumer selects no pod"),
                new Broken(
                        ManifestRule.SELECTORS_MATCH_LABELS,
                        CONNECT,
                        "matchLabels:\n      app.kubernetes.io/name: kafka-connect",
                        "matchLabels:\n      app.kubernetes.io/name: connect",
                        "kafka-connect does not select its own pods"),
                new Broken(
                        ManifestRule.SELECTORS_MATCH_LABELS,
                        BROKER,
                        "  serviceName: kafka-broker",
                        "  serviceName: kafka",
                        "kafka-broker has no headless Service kafka"),
                new Broken(
                        ManifestRule.SERVICE_PORTS_ARE_CONTAINER_PORTS,
                        CONNECT,
                        "targetPort: rest",
                        "targetPort: http",
                        "Service kafka-connect: no container of kafka-connect has the port http"),
                new Broken(
                        ManifestRule.REFERENCES_RESOLVE,
                        CONNECT,
                        "configMap:\n            name: connector",
                        "configMap:\n            name: conector",
                        "wants the ConfigMap conector"),
                new Broken(
                        ManifestRule.REFERENCES_RESOLVE,
                        CONNECT,
                        "secretName: postgres",
                        "secretName: postgresql",
                        "wants the Secret postgresql"),
                new Broken(
                        ManifestRule.REFERENCES_RESOLVE,
                        BROKER,
                        "- name: data\n              mountPath",
                        "- name: log\n              mountPath",
                        "wants the volume log"),
                new Broken(
                        ManifestRule.REFERENCES_RESOLVE,
                        CONSUMER,
                        "          emptyDir: {}",
                        "          persistentVolumeClaim:\n            claimName: tmp",
                        "wants the PersistentVolumeClaim tmp"),
                new Broken(
                        ManifestRule.HOST_NAMES_ARE_SERVICES,
                        CONSUMER,
                        "--bootstrap-servers=kafka:9092",
                        "--bootstrap-servers=kafka-broker-0:9092",
                        "cdc-consumer talks to kafka-broker-0, which is no Service"),
                new Broken(
                        ManifestRule.HOST_NAMES_ARE_SERVICES,
                        CONNECT,
                        "value: kafka:9092",
                        "value: kafka:9093",
                        "kafka:9093, a port that the Service lacks"),
                new Broken(
                        ManifestRule.HOST_NAMES_ARE_SERVICES,
                        BROKER,
                        "INTERNAL://kafka.data-platform.svc.cluster.local:9092",
                        "INTERNAL://kafka.platform.svc.cluster.local:9092",
                        "talks to kafka.platform.svc.cluster.local, which is no Service"),
                new Broken(
                        ManifestRule.HOST_NAMES_ARE_SERVICES,
                        CONSUMER,
                        "http://kafka-connect:8083",
                        "http://connect:8083",
                        "cdc-consumer talks to connect"),
                new Broken(
                        ManifestRule.PODS_ARE_RESTRICTED,
                        CONSUMER,
                        "runAsUser: 10001",
                        "runAsUser: 0",
                        "a runAsUser by number"),
                new Broken(
                        ManifestRule.PODS_ARE_RESTRICTED,
                        BROKER,
                        "type: RuntimeDefault",
                        "type: Unconfined",
                        "the seccomp profile RuntimeDefault"),
                new Broken(
                        ManifestRule.PODS_ARE_RESTRICTED,
                        CONSUMER,
                        "readOnlyRootFilesystem: true",
                        "readOnlyRootFilesystem: false",
                        "must be read-only"),
                new Broken(
                        ManifestRule.PODS_ARE_RESTRICTED,
                        BROKER,
                        "drop:\n                - ALL",
                        "drop:\n                - NET_RAW",
                        "must drop ALL capabilities"),
                new Broken(
                        ManifestRule.PODS_ARE_RESTRICTED,
                        "base/namespace.yaml",
                        "enforce: restricted",
                        "enforce: baseline",
                        "does not enforce restricted"),
                new Broken(
                        ManifestRule.PODS_ARE_RESTRICTED,
                        CONSUMER,
                        "emptyDir: {}",
                        "hostPath:\n            path: /tmp",
                        "mounts a folder of the node"),
                new Broken(
                        ManifestRule.IMAGES_ARE_PINNED,
                        BROKER,
                        "apache/kafka:" + System.getProperty("kafka.version"),
                        "apache/kafka:latest",
                        "kafka-broker runs apache/kafka:latest"),
                new Broken(
                        ManifestRule.IMAGES_ARE_PINNED,
                        CONNECT,
                        "quay.io/debezium/connect:" + System.getProperty("debezium.version"),
                        "quay.io/debezium/connect:3.0",
                        "runs quay.io/debezium/connect:3.0"),
                new Broken(
                        ManifestRule.IMAGES_ARE_PINNED,
                        CONSUMER,
                        "imagePullPolicy: IfNotPresent",
                        "imagePullPolicy: Always",
                        "which is in no registry"),
                new Broken(
                        ManifestRule.PROBES_AND_RESOURCES_ARE_SET,
                        CONSUMER,
                        """
                                  livenessProbe:
                                    httpGet:
                                      path: /livez
                                      port: http
                                    periodSeconds: 10
                                    timeoutSeconds: 5
                                    failureThreshold: 6
                        """,
                        "",
                        "needs a readiness and a liveness probe"),
                new Broken(
                        ManifestRule.PROBES_AND_RESOURCES_ARE_SET,
                        CONSUMER,
                        "            limits:\n              memory: 512Mi\n",
                        "",
                        "a limit of memory"),
                new Broken(
                        ManifestRule.PROBES_AND_RESOURCES_ARE_SET,
                        CONSUMER,
                        "path: /readyz\n              port: http",
                        "path: /readyz\n              port: status",
                        "is probed at status"),
                new Broken(
                        ManifestRule.PODS_KEEP_TO_THEMSELVES,
                        BROKER,
                        "enableServiceLinks: false",
                        "enableServiceLinks: true",
                        "needs enableServiceLinks: false"),
                new Broken(
                        ManifestRule.PODS_KEEP_TO_THEMSELVES,
                        CONNECT,
                        "automountServiceAccountToken: false",
                        "automountServiceAccountToken: true",
                        "gets a token"),
                new Broken(
                        ManifestRule.PODS_KEEP_TO_THEMSELVES,
                        CONSUMER,
                        "terminationGracePeriodSeconds: 30",
                        "terminationGracePeriodSeconds: 5",
                        "30 s or more"),
                new Broken(
                        ManifestRule.REPLICATION_MOVES_TOGETHER,
                        CONNECT,
                        "CONNECT_OFFSET_STORAGE_REPLICATION_FACTOR\n              value: \"1\"",
                        "CONNECT_OFFSET_STORAGE_REPLICATION_FACTOR\n              value: \"3\"",
                        "CONNECT_OFFSET_STORAGE_REPLICATION_FACTOR is 3 with 1 broker(s)"),
                new Broken(
                        ManifestRule.REPLICATION_MOVES_TOGETHER,
                        BROKER,
                        "  replicas: 1",
                        "  replicas: 3",
                        "topic.creation.default.replication.factor is 1 with 3 broker(s)"),
                new Broken(
                        ManifestRule.REPLICATION_MOVES_TOGETHER,
                        BROKER,
                        "KAFKA_MIN_INSYNC_REPLICAS\n              value: \"1\"",
                        "KAFKA_MIN_INSYNC_REPLICAS\n              value: \"2\"",
                        "KAFKA_MIN_INSYNC_REPLICAS is 2"),
                new Broken(
                        ManifestRule.LISTENERS_FIT_TOGETHER,
                        BROKER,
                        "EXTERNAL:PLAINTEXT,",
                        "",
                        "protocols are given for"),
                new Broken(
                        ManifestRule.LISTENERS_FIT_TOGETHER,
                        BROKER,
                        ",EXTERNAL://localhost:19094",
                        "",
                        "advertised are [INTERNAL]"),
                new Broken(
                        ManifestRule.LISTENERS_FIT_TOGETHER,
                        BROKER,
                        "EXTERNAL://:9094",
                        "EXTERNAL://:9095",
                        "the listener EXTERNAL is at 9095"),
                new Broken(
                        ManifestRule.PASSWORDS_ARE_NOT_WRITTEN_DOWN,
                        "base/connector.json",
                        "\"database.password\": \"${directory:/etc/pg:password}\"",
                        "\"database.password\": \"secret\"",
                        "database.password is in plain text"),
                new Broken(
                        ManifestRule.PASSWORDS_ARE_NOT_WRITTEN_DOWN,
                        CONNECT,
                        "- name: HEAP_OPTS",
                        "- name: PGPASSWORD",
                        "has PGPASSWORD in plain text"),
                new Broken(
                        ManifestRule.PASSWORDS_ARE_NOT_WRITTEN_DOWN,
                        "base/namespace.yaml",
                        "apiVersion: v1\n",
                        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: postgres\n---\napiVersion: v1\n",
                        "the Secret postgres is in a file"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void findsWhatItIsFor(Broken broken) throws IOException {
        assertThat(broken.rule().complaints(manifests(broken)))
                .anyMatch(complaint -> complaint.contains(broken.complaint()));
    }

    private Manifests manifests(Broken broken) throws IOException {
        for (var name : List.of("base", "overlays/kind")) {
            Files.createDirectories(folder.resolve(name));
            try (Stream<Path> files = Files.list(Manifests.FOLDER.resolve(name))) {
                for (var file : files.toList()) {
                    Files.copy(file, folder.resolve(name).resolve(file.getFileName()));
                }
            }
        }
        var file = folder.resolve(broken.file());
        var text = Files.readString(file);
        assertThat(text).contains(broken.was());
        Files.writeString(file, text.replace(broken.was(), broken.becomes()));
        return Manifests.files(folder, "kind");
    }

    @Test
    void everyRuleHasABrokenSample() {
        assertThat(broken().stream().map(Broken::rule).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(ManifestRule.values());
    }
}
