package localcdc.k8s;

import io.kubernetes.client.custom.IntOrString;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1EnvFromSource;
import io.kubernetes.client.openapi.models.V1EnvVar;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Probe;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1SecurityContext;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1Volume;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import localcdc.k8s.Manifests.Workload;

/** What must be true of our manifests, beyond what the API server sees. Each says in words what is wrong. */
enum ManifestRule {
    SELECTORS_MATCH_LABELS {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            for (Workload workload : manifests.workloads()) {
                if (!workload.labels()
                        .entrySet()
                        .containsAll(workload.selector().entrySet())) {
                    complain.accept(workload.name() + " does not select its own pods");
                }
                if (workload.serviceName() != null
                        && manifests.services().stream()
                                .noneMatch(service -> service.getMetadata()
                                                .getName()
                                                .equals(workload.serviceName())
                                        && "None".equals(service.getSpec().getClusterIP())
                                        && selects(service, workload))) {
                    complain.accept(workload.name() + " has no headless Service " + workload.serviceName());
                }
            }
            for (V1Service service : manifests.services()) {
                if (hasSelector(service)
                        && manifests.workloads().stream().noneMatch(workload -> selects(service, workload))) {
                    complain.accept("Service " + service.getMetadata().getName() + " selects no pod");
                }
            }
        }
    },

    SERVICE_PORTS_ARE_CONTAINER_PORTS {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            for (V1Service service : manifests.services()) {
                if (service.getSpec().getPorts() == null || !hasSelector(service)) {
                    continue;
                }
                for (var port : service.getSpec().getPorts()) {
                    for (Workload workload : manifests.workloads()) {
                        if (selects(service, workload)
                                && (port.getTargetPort() == null || workload.port(port.getTargetPort()) == null)) {
                            complain.accept("Service " + service.getMetadata().getName() + ": no container of "
                                    + workload.name() + " has the port " + port.getTargetPort());
                        }
                    }
                }
            }
        }
    },

    REFERENCES_RESOLVE {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            Set<String> configMaps = names(manifests.all(V1ConfigMap.class).stream()
                    .map(map -> map.getMetadata().getName()));
            Set<String> claims = names(manifests.all(V1PersistentVolumeClaim.class).stream()
                    .map(claim -> claim.getMetadata().getName()));
            for (Workload workload : manifests.workloads()) {
                V1PodSpec pod = workload.pod().getSpec();
                Set<String> volumes = names(workload.claims().stream());
                List<V1Volume> declared = pod.getVolumes() == null ? List.of() : pod.getVolumes();
                for (V1Volume volume : declared) {
                    volumes.add(volume.getName());
                    if (volume.getConfigMap() != null) {
                        require(configMaps, volume.getConfigMap().getName(), workload, "ConfigMap", complain);
                    }
                    if (volume.getSecret() != null) {
                        require(MADE_BY_HAND, volume.getSecret().getSecretName(), workload, "Secret", complain);
                    }
                    if (volume.getPersistentVolumeClaim() != null) {
                        require(
                                claims,
                                volume.getPersistentVolumeClaim().getClaimName(),
                                workload,
                                "PersistentVolumeClaim",
                                complain);
                    }
                }
                for (V1Container container : workload.allContainers()) {
                    if (container.getVolumeMounts() != null) {
                        container
                                .getVolumeMounts()
                                .forEach(mount -> require(volumes, mount.getName(), workload, "volume", complain));
                    }
                    checkEnvironment(container, workload, configMaps, complain);
                }
            }
        }

        private void checkEnvironment(
                V1Container container, Workload workload, Set<String> configMaps, Consumer<String> complain) {
            for (V1EnvVar variable : container.getEnv() == null ? List.<V1EnvVar>of() : container.getEnv()) {
                var from = variable.getValueFrom();
                if (from != null && from.getConfigMapKeyRef() != null) {
                    require(configMaps, from.getConfigMapKeyRef().getName(), workload, "ConfigMap", complain);
                }
                if (from != null && from.getSecretKeyRef() != null) {
                    require(MADE_BY_HAND, from.getSecretKeyRef().getName(), workload, "Secret", complain);
                }
            }
            for (V1EnvFromSource from :
                    container.getEnvFrom() == null ? List.<V1EnvFromSource>of() : container.getEnvFrom()) {
                if (from.getConfigMapRef() != null) {
                    require(configMaps, from.getConfigMapRef().getName(), workload, "ConfigMap", complain);
                }
                if (from.getSecretRef() != null) {
                    require(MADE_BY_HAND, from.getSecretRef().getName(), workload, "Secret", complain);
                }
            }
        }
    },

    HOST_NAMES_ARE_SERVICES {
        private final Pattern address = Pattern.compile("(?<![\\w.:-])([a-z][a-z0-9.-]*):([0-9]{2,5})(?![\\w.])");

        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            for (Workload workload : manifests.workloads()) {
                for (V1Container container : workload.allContainers()) {
                    Stream<String> arguments = container.getArgs() == null ? Stream.of() : container.getArgs().stream();
                    Stream.concat(arguments, Manifests.environment(container).values().stream())
                            .forEach(text -> checkAddresses(text, workload, manifests, complain));
                }
            }
            connectorSettings(manifests).forEach((name, value) -> {
                if (name.endsWith("database.hostname") && service(manifests, value) == null) {
                    complain.accept("the connector's " + name + " " + value + " is no Service");
                }
            });
        }

        private void checkAddresses(String text, Workload workload, Manifests manifests, Consumer<String> complain) {
            Matcher found = address.matcher(text.replaceAll("[A-Za-z]+://|[0-9]+@", " "));
            while (found.find()) {
                String host = found.group(1);
                int port = Integer.parseInt(found.group(2));
                if (host.equals("localhost")) {
                    continue;
                }
                String name = host.replaceFirst("\\." + NAMESPACE + "(\\.svc(\\.cluster\\.local)?)?$", "");
                V1Service service = service(manifests, name);
                if (service == null) {
                    complain.accept(workload.name() + " talks to " + host + ", which is no Service");
                } else if (service.getSpec().getPorts() == null
                        || service.getSpec().getPorts().stream().noneMatch(known -> known.getPort() == port)) {
                    complain.accept(
                            workload.name() + " talks to " + host + ":" + port + ", a port that the Service lacks");
                }
            }
        }
    },

    PODS_ARE_RESTRICTED {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            if (manifests.all(V1Namespace.class).stream()
                    .noneMatch(namespace -> namespace.getMetadata().getName().equals(NAMESPACE)
                            && "restricted"
                                    .equals(namespace
                                            .getMetadata()
                                            .getLabels()
                                            .get("pod-security.kubernetes.io/enforce")))) {
                complain.accept("the namespace " + NAMESPACE + " does not enforce restricted pods");
            }
            for (Workload workload : manifests.workloads()) {
                V1PodSpec pod = workload.pod().getSpec();
                var context = pod.getSecurityContext();
                boolean restricted = context != null
                        && Boolean.TRUE.equals(context.getRunAsNonRoot())
                        && context.getRunAsUser() != null
                        && context.getRunAsUser() > 0
                        && context.getSeccompProfile() != null
                        && "RuntimeDefault".equals(context.getSeccompProfile().getType());
                if (!restricted) {
                    complain.accept(workload.name()
                            + " needs runAsNonRoot, a runAsUser by number, and the seccomp profile RuntimeDefault");
                }
                if (Stream.of(pod.getHostNetwork(), pod.getHostPID(), pod.getHostIPC())
                        .anyMatch(Boolean.TRUE::equals)) {
                    complain.accept(workload.name() + " uses the node's own network or processes");
                }
                for (V1Volume volume : pod.getVolumes() == null ? List.<V1Volume>of() : pod.getVolumes()) {
                    if (volume.getHostPath() != null) {
                        complain.accept(workload.name() + " mounts a folder of the node");
                    }
                }
                for (V1Container container : workload.allContainers()) {
                    checkContainer(workload, container, complain);
                }
            }
        }

        private void checkContainer(Workload workload, V1Container container, Consumer<String> complain) {
            String name = workload.name() + "/" + container.getName();
            V1SecurityContext context = container.getSecurityContext();
            if (context == null
                    || !Boolean.FALSE.equals(context.getAllowPrivilegeEscalation())
                    || context.getCapabilities() == null
                    || !List.of("ALL").equals(context.getCapabilities().getDrop())
                    || isPresent(context.getCapabilities().getAdd())
                    || Boolean.TRUE.equals(context.getPrivileged())) {
                complain.accept(name + " must drop ALL capabilities and not escalate privileges");
            } else if (container.getImage().startsWith(OURS)
                    && !Boolean.TRUE.equals(context.getReadOnlyRootFilesystem())) {
                complain.accept(name + " runs our image, whose root file system must be read-only");
            }
        }
    },

    IMAGES_ARE_PINNED {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            Map<String, String> versions = Map.of(
                    "apache/kafka",
                    System.getProperty("kafka.version"),
                    "quay.io/debezium/connect",
                    System.getProperty("debezium.version"),
                    "localcdc/runner-kafka",
                    System.getProperty("project.version").replace("-SNAPSHOT", ""));
            for (Workload workload : manifests.workloads()) {
                for (V1Container container : workload.allContainers()) {
                    String image = container.getImage();
                    int colon = image.lastIndexOf(':');
                    String name = colon < 0 ? image : image.substring(0, colon);
                    String tag = colon < 0 ? "latest" : image.substring(colon + 1);
                    if (!Objects.equals(versions.get(name), tag)) {
                        complain.accept(workload.name() + " runs " + image + ", but the build uses "
                                + versions.getOrDefault(name, "no such image"));
                    }
                    if (image.startsWith(OURS) && !"IfNotPresent".equals(container.getImagePullPolicy())) {
                        complain.accept(workload.name() + " would pull " + image + ", which is in no registry");
                    }
                }
            }
        }
    },

    PROBES_AND_RESOURCES_ARE_SET {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            for (Workload workload : manifests.workloads()) {
                for (V1Container container : workload.allContainers()) {
                    var resources = container.getResources();
                    if (resources == null
                            || resources.getRequests() == null
                            || !resources.getRequests().keySet().containsAll(Set.of("cpu", "memory"))
                            || resources.getLimits() == null
                            || !resources.getLimits().containsKey("memory")) {
                        complain.accept(workload.name() + "/" + container.getName()
                                + " needs requests of cpu and memory, and a limit of memory");
                    }
                }
                for (V1Container container : workload.containers()) {
                    String name = workload.name() + "/" + container.getName();
                    if (container.getReadinessProbe() == null || container.getLivenessProbe() == null) {
                        complain.accept(name + " needs a readiness and a liveness probe");
                    }
                    boolean serves = isPresent(container.getPorts());
                    if (serves && container.getStartupProbe() == null) {
                        complain.accept(name + " needs a startup probe: laptops are slow");
                    }
                    Stream.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe())
                            .filter(Objects::nonNull)
                            .forEach(probe -> checkPort(workload, name, probe, complain));
                }
            }
        }

        private void checkPort(Workload workload, String name, V1Probe probe, Consumer<String> complain) {
            var port = probe.getHttpGet() != null
                    ? probe.getHttpGet().getPort()
                    : probe.getTcpSocket() != null ? probe.getTcpSocket().getPort() : null;
            if (port != null && workload.port(port) == null) {
                complain.accept(name + " is probed at " + port + ", which no container has");
            }
        }
    },

    PODS_KEEP_TO_THEMSELVES {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            for (Workload workload : manifests.workloads()) {
                V1PodSpec pod = workload.pod().getSpec();
                if (!Boolean.FALSE.equals(pod.getEnableServiceLinks())) {
                    complain.accept(workload.name()
                            + " needs enableServiceLinks: false, or the Service kafka becomes KAFKA_PORT in it");
                }
                if (!Boolean.FALSE.equals(pod.getAutomountServiceAccountToken())) {
                    complain.accept(workload.name() + " gets a token that it does not need");
                }
                if (pod.getTerminationGracePeriodSeconds() == null || pod.getTerminationGracePeriodSeconds() < 30) {
                    complain.accept(workload.name() + " needs 30 s or more to end");
                }
            }
        }
    },

    REPLICATION_MOVES_TOGETHER {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            int brokers = manifests.workload("kafka-broker").replicas();
            Map<String, String> settings = new LinkedHashMap<>();
            manifests.workloads().forEach(workload -> workload.containers()
                    .forEach(container -> settings.putAll(Manifests.environment(container))));
            settings.putAll(connectorSettings(manifests));
            settings.forEach((name, value) -> {
                String plain = name.replace('.', '_').toUpperCase(Locale.ROOT);
                if (plain.endsWith("REPLICATION_FACTOR") && Integer.parseInt(value) != Math.min(brokers, 3)) {
                    complain.accept(name + " is " + value + " with " + brokers + " broker(s)");
                }
                if ((plain.endsWith("MIN_ISR") || plain.endsWith("MIN_INSYNC_REPLICAS"))
                        && Integer.parseInt(value) > Math.max(1, Math.min(brokers, 3) - 1)) {
                    complain.accept(name + " is " + value + " with " + brokers + " broker(s)");
                }
            });
        }
    },

    LISTENERS_FIT_TOGETHER {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            Workload broker = manifests.workload("kafka-broker");
            Map<String, String> settings =
                    Manifests.environment(broker.containers().get(0));
            Map<String, String> listeners = addresses(settings.get("KAFKA_LISTENERS"));
            Map<String, String> advertised = addresses(settings.get("KAFKA_ADVERTISED_LISTENERS"));
            Set<String> mapped = names(Stream.of(
                            settings.get("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP").split(","))
                    .map(entry -> entry.substring(0, entry.indexOf(':'))));
            if (!mapped.equals(new TreeSet<>(listeners.keySet()))) {
                complain.accept("protocols are given for " + mapped + ", listeners are " + listeners.keySet());
            }
            Set<String> forClients = new TreeSet<>(listeners.keySet());
            forClients.remove(settings.get("KAFKA_CONTROLLER_LISTENER_NAMES"));
            if (!forClients.equals(new TreeSet<>(advertised.keySet()))) {
                complain.accept("advertised are " + advertised.keySet() + ", clients may use " + forClients);
            }
            if (!forClients.contains(settings.get("KAFKA_INTER_BROKER_LISTENER_NAME"))) {
                complain.accept("KAFKA_INTER_BROKER_LISTENER_NAME is no listener");
            }
            for (String name : forClients) {
                int port = Integer.parseInt(
                        listeners.get(name).substring(listeners.get(name).lastIndexOf(':') + 1));
                if (broker.port(new IntOrString(port)) == null) {
                    complain.accept("the listener " + name + " is at " + port + ", which is no port of the container");
                }
            }
        }

        private Map<String, String> addresses(String listeners) {
            return Stream.of(listeners.split(","))
                    .collect(Collectors.toMap(
                            entry -> entry.substring(0, entry.indexOf("://")),
                            entry -> entry.substring(entry.indexOf("://") + 3)));
        }
    },

    PASSWORDS_ARE_NOT_WRITTEN_DOWN {
        @Override
        void check(Manifests manifests, Consumer<String> complain) {
            manifests
                    .all(V1Secret.class)
                    .forEach(secret ->
                            complain.accept("the Secret " + secret.getMetadata().getName() + " is in a file"));
            for (Workload workload : manifests.workloads()) {
                for (V1Container container : workload.allContainers()) {
                    Manifests.environment(container).keySet().stream()
                            .filter(name -> name.contains("PASSWORD"))
                            .forEach(name -> complain.accept(workload.name() + " has " + name + " in plain text"));
                }
            }
            connectorSettings(manifests).forEach((name, value) -> {
                if (name.endsWith("password") && !value.startsWith("${directory:")) {
                    complain.accept("the connector's " + name + " is in plain text");
                }
            });
        }
    };

    static final String NAMESPACE = "data-platform";
    private static final String OURS = "localcdc/";
    /** The Secret that a command of the README makes. */
    private static final Set<String> MADE_BY_HAND = Set.of("postgres");

    abstract void check(Manifests manifests, Consumer<String> complain);

    /** What is wrong; empty if nothing is. */
    List<String> complaints(Manifests manifests) {
        List<String> complaints = new ArrayList<>();
        check(manifests, complaints::add);
        return complaints;
    }

    private static boolean isPresent(List<?> list) {
        return list != null && !list.isEmpty();
    }

    private static boolean hasSelector(V1Service service) {
        Map<String, String> selector = service.getSpec().getSelector();
        return selector != null && !selector.isEmpty();
    }

    private static boolean selects(V1Service service, Workload workload) {
        return hasSelector(service)
                && workload.labels()
                        .entrySet()
                        .containsAll(service.getSpec().getSelector().entrySet());
    }

    private static V1Service service(Manifests manifests, String name) {
        return manifests.services().stream()
                .filter(service -> service.getMetadata().getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static void require(
            Set<String> known, String name, Workload workload, String kind, Consumer<String> complain) {
        if (!known.contains(name)) {
            complain.accept(workload.name() + " wants the " + kind + " " + name + ", which is not there");
        }
    }

    private static Set<String> names(Stream<String> names) {
        return names.collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, String> connectorSettings(Manifests manifests) {
        return manifests.all(V1ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().equals("connector"))
                .map(ConnectorFiles::merged)
                .findFirst()
                .orElse(Map.of());
    }
}
