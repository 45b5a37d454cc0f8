package localcdc.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users apply: it fits Kubernetes' API, it keeps our rules, and overlays differ in what they are for. */
class ManifestsTest {

    @ParameterizedTest
    @EnumSource(ManifestRule.class)
    void filesKeepTheRule(ManifestRule rule) {
        for (var overlay : List.of("docker-desktop", "kind", "kind-desktop", "minikube")) {
            assertThat(rule.complaints(Manifests.files(overlay))).as(overlay).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker-desktop", "kind", "kind-desktop", "minikube", "scale"})
    void overlaysAreRenderedAndKeepAllRules(String overlay) {
        var rendered = Kustomize.render(Manifests.FOLDER.resolve("overlays").resolve(overlay));

        assertThat(rendered.objects()).hasSizeGreaterThan(9);
        for (var rule : ManifestRule.values()) {
            assertThat(rule.complaints(rendered)).as(overlay).isEmpty();
        }
        assertThat(rendered.objects().stream()
                        .filter(object -> !(object instanceof V1Namespace))
                        .map(object -> ((KubernetesObject) object).getMetadata().getNamespace()))
                .containsOnly("data-platform");
    }

    @Test
    void everyOverlayIsTested() throws Exception {
        try (Stream<Path> overlays = Files.list(Manifests.FOLDER.resolve("overlays"))) {
            assertThat(overlays.map(overlay -> overlay.getFileName().toString()).filter(name -> !name.equals("local")))
                    .containsExactlyInAnyOrder("docker-desktop", "kind", "kind-desktop", "minikube", "scale");
        }
    }

    @Test
    void postgresIsTheHost() {
        assertThat(postgres("docker-desktop").getSpec().getExternalName()).isEqualTo("host.docker.internal");
        assertThat(postgres("kind-desktop").getSpec().getExternalName()).isEqualTo("host.docker.internal");
        assertThat(postgres("minikube").getSpec().getExternalName()).isEqualTo("host.minikube.internal");
        assertThat(postgres("kind").getSpec().getClusterIP()).isEqualTo("None");
    }

    private static V1Service postgres(String overlay) {
        return Manifests.files(overlay).services().stream()
                .filter(service -> service.getMetadata().getName().equals("postgres"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void scaleHasSixPartitionsAndThreeConsumersOfOneGroup() {
        var scaled = Kustomize.render(Manifests.FOLDER.resolve("overlays").resolve("scale"));

        assertThat(scaled.workload("cdc-consumer").replicas()).isEqualTo(3);
        assertThat(scaled.workload("cdc-consumer").containers().get(0).getArgs())
                .contains("--group=cdc-consumer", "--topic=cdc.inventory.customers");
        assertThat(connector(scaled)).containsEntry("topic.creation.default.partitions", "6");
        var plain = new ArrayList<>(connector(Manifests.files("kind")).entrySet());
        plain.removeAll(List.of(Map.entry("topic.creation.default.partitions", "1")));
        assertThat(connector(scaled).entrySet()).containsAll(plain);
    }

    private static Map<String, String> connector(Manifests manifests) {
        return manifests.all(V1ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().equals("connector"))
                .map(ConnectorFiles::merged)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void fieldsThatTheApiDoesNotHaveAreRefused() throws Exception {
        var consumer = Files.readString(Manifests.FOLDER.resolve("base").resolve("cdc-consumer.yaml"));

        assertThat(Manifests.parse(consumer).all(V1Deployment.class)).hasSize(1);
        for (var mistake : Map.of(
                        "replicas: 1", "replica: 1",
                        "memory: 256Mi", "memory: 256Mega",
                        "periodSeconds: 10", "periodSeconds: often",
                        "kind: Deployment", "kind: Deplyoment")
                .entrySet()) {
            assertThat(consumer).contains(mistake.getKey());
            var broken = consumer.replace(mistake.getKey(), mistake.getValue());
            assertThatThrownBy(() -> Manifests.parse(broken))
                    .as(mistake.getValue())
                    .isInstanceOf(Exception.class);
        }
    }
}
