package localcdc.k8s;

import io.kubernetes.client.custom.IntOrString;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.util.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Kubernetes objects, parsed strictly: a field that the API does not have is an error. Immutable. */
record Manifests(List<Object> objects) {
    /** This module's folder, which is what users apply. */
    static final Path FOLDER = Path.of("").toAbsolutePath();

    /**
     * A workload.
     *
     * @param claims the names of its volume claim templates
     */
    record Workload(
            String name,
            int replicas,
            Map<String, String> selector,
            String serviceName,
            V1PodTemplateSpec pod,
            List<String> claims) {

        List<V1Container> containers() {
            return pod.getSpec().getContainers();
        }

        /** Init containers, too. */
        List<V1Container> allContainers() {
            var init = pod.getSpec().getInitContainers();
            return Stream.concat(init == null ? Stream.of() : init.stream(), containers().stream())
                    .toList();
        }

        Map<String, String> labels() {
            return pod.getMetadata().getLabels();
        }

        /** The number behind a port's number or name, or null if no container has it. */
        Integer port(IntOrString port) {
            return containers().stream()
                    .flatMap(container -> container.getPorts() == null ? Stream.of() : container.getPorts().stream())
                    .filter(candidate -> port.isInteger()
                            ? candidate.getContainerPort().equals(port.getIntValue())
                            : port.getStrValue().equals(candidate.getName()))
                    .map(candidate -> candidate.getContainerPort())
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Objects from YAML text; throws where it does not fit Kubernetes' API. */
    static Manifests parse(String yaml) {
        try {
            return new Manifests(
                    Yaml.loadAll(yaml).stream().filter(object -> object != null).toList());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * The files of the base, the ConfigMaps that kustomize makes of them, and the files of an overlay, but without what only
     * kustomize can do: patches and components.
     */
    static Manifests files(String overlay) {
        return files(FOLDER, overlay);
    }

    /** The same of a copy of the files. */
    static Manifests files(Path root, String overlay) {
        return new Manifests(Stream.concat(
                        folder(root.resolve("base")).stream(),
                        folder(root.resolve("overlays").resolve(overlay)).stream())
                .toList());
    }

    private static List<Object> folder(Path folder) {
        try {
            Map<String, Object> kustomization =
                    Yaml.getSnakeYaml(Map.class).load(Files.readString(folder.resolve("kustomization.yaml")));
            List<Object> objects = new ArrayList<>();
            for (Object resource : list(kustomization, "resources")) {
                if (resource.toString().endsWith(".yaml")) {
                    objects.addAll(parse(Files.readString(folder.resolve(resource.toString())))
                            .objects());
                }
            }
            for (Object generator : list(kustomization, "configMapGenerator")) {
                objects.add(configMap(folder, (Map<?, ?>) generator));
            }
            return objects;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<?> list(Map<?, ?> map, String key) {
        return map.get(key) == null ? List.of() : (List<?>) map.get(key);
    }

    private static V1ConfigMap configMap(Path folder, Map<?, ?> generator) throws IOException {
        Map<String, String> data = new LinkedHashMap<>();
        for (Object file : list(generator, "files")) {
            data.put(file.toString(), Files.readString(folder.resolve(file.toString())));
        }
        return new V1ConfigMap()
                .metadata(new V1ObjectMeta().name(generator.get("name").toString()))
                .data(data);
    }

    <T> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<V1Service> services() {
        return all(V1Service.class);
    }

    List<Workload> workloads() {
        List<Workload> workloads = new ArrayList<>();
        for (V1Deployment deployment : all(V1Deployment.class)) {
            workloads.add(new Workload(
                    deployment.getMetadata().getName(),
                    deployment.getSpec().getReplicas(),
                    deployment.getSpec().getSelector().getMatchLabels(),
                    null,
                    deployment.getSpec().getTemplate(),
                    List.of()));
        }
        for (V1StatefulSet set : all(V1StatefulSet.class)) {
            List<V1PersistentVolumeClaim> claims = set.getSpec().getVolumeClaimTemplates();
            workloads.add(new Workload(
                    set.getMetadata().getName(),
                    set.getSpec().getReplicas(),
                    set.getSpec().getSelector().getMatchLabels(),
                    set.getSpec().getServiceName(),
                    set.getSpec().getTemplate(),
                    claims == null
                            ? List.of()
                            : claims.stream()
                                    .map(claim -> claim.getMetadata().getName())
                                    .toList()));
        }
        return workloads;
    }

    Workload workload(String name) {
        return workloads().stream()
                .filter(workload -> workload.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A container's environment, where it is written as text. */
    static Map<String, String> environment(V1Container container) {
        Map<String, String> values = new LinkedHashMap<>();
        if (container.getEnv() != null) {
            container.getEnv().stream()
                    .filter(variable -> variable.getValue() != null)
                    .forEach(variable -> values.put(variable.getName(), variable.getValue()));
        }
        return values;
    }
}
