package localcdc.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.openapi.models.V1EndpointSlice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import localcdc.k8s.StubbedScripts.Result;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code k8s/up} and {@code k8s/down}: what they call in what order, and what they say when something is missing. */
class ScriptsTest {
    private static final String PASSWORD = "hush";
    /** A kubectl of a cluster in which nothing is yet, and which takes everything. */
    private static final String FRESH_CLUSTER = """
            case "$*" in
            'get namespace data-platform --ignore-not-found -o name') echo namespace/data-platform ;;
            'get namespace data-platform -o jsonpath'*) echo "${OWNER:-local-cdc-data-platform}" ;;
            'config current-context') echo "${CONTEXT:-kind-lab}" ;;
            kustomize*) exec cat "$2/kustomization.yaml" ;;
            *'create secret'*) cat; echo 'kind: Secret' ;;
            *'apply --server-side'*) cat >/dev/null; touch "$SECRET" ;;
            *'get secret postgres'*) if [ -e "$SECRET" ]; then echo 7; else exit 1; fi ;;
            esac
            """;

    @TempDir
    private Path folder;

    private StubbedScripts scripts;

    @BeforeEach
    void installStubs() throws IOException {
        scripts = new StubbedScripts(folder)
                .stub("kubectl", FRESH_CLUSTER)
                .stub(
                        "docker",
                        "case \"$*\" in 'network inspect'*) printf 'fc00:f853::1\\n172.30.0.1\\n' ;;"
                                + " 'image inspect'*) echo sha256:0123456789abcdef ;; esac")
                .stub("kind", "")
                .stub("minikube", "")
                .stub("psql", "case $(cat) in *wal_level*) echo logical ;; *pg_publication*) echo 1 ;; esac")
                .with("SECRET", folder.resolve("secret").toString())
                .with("CDC_PASSWORD", PASSWORD);
    }

    private Result up(String... arguments) throws IOException, InterruptedException {
        return scripts.run("up", List.of(arguments));
    }

    private Result down(String... arguments) throws IOException, InterruptedException {
        return scripts.run("down", List.of(arguments));
    }

    private static void assertInOrder(Result result, String... texts) {
        int last = -1;
        for (String text : texts) {
            assertThat(result.call(text))
                    .as(text + " in\n" + String.join("\n", result.calls()))
                    .isGreaterThan(last);
            last = result.call(text);
        }
    }

    @Test
    void upBuildsLoadsAppliesAndWaits() throws Exception {
        var result = up();

        assertThat(result.exitCode()).as(result.printed()).isZero();
        assertInOrder(
                result,
                "docker build",
                "docker tag localcdc/runner-kafka:0.1.0 localcdc/runner-kafka:0123456789ab",
                "kind load docker-image --name lab localcdc/runner-kafka:0123456789ab",
                "docker network inspect kind",
                "apply -f",
                "create secret generic postgres",
                "apply -k",
                "rollout status statefulset/kafka-broker",
                "rollout status deployment/kafka-connect",
                "rollout status deployment/cdc-consumer");
        // The other end of a pipe from the command that makes the Secret: either may begin first.
        assertInOrder(result, "apply -f", "apply --server-side", "apply -k");
        assertThat(result.printed()).contains("context kind-lab, overlay kind", "logs -f deploy/cdc-consumer");
        assertThat(String.join("\n", result.calls()) + result.printed())
                .as("the password is in no argument and no output")
                .doesNotContain(PASSWORD);
        assertThat(Files.readString(scripts.file("k8s/overlays/local/kustomization.yaml")))
                .contains("- ../kind", "/endpoints/0/addresses/0", "value: 172.30.0.1", "newTag: \"0123456789ab\"");
    }

    @Test
    void whatUpGeneratesRenders() throws Exception {
        for (var host : List.of("", "192.168.1.7", "db.example.org")) {
            assertThat(scripts.with("POSTGRES_HOST", host)
                            .with("CONTEXT", "docker-desktop")
                            .run("up", List.of("--scale"))
                            .exitCode())
                    .isZero();
            var rendered = Kustomize.render(scripts.file("k8s/overlays/local"));

            assertThat(rendered.workload("cdc-consumer").replicas()).isEqualTo(3);
            assertThat(ManifestRule.HOST_NAMES_ARE_SERVICES.complaints(rendered))
                    .isEmpty();
            var postgres = rendered.services().stream()
                    .filter(service -> service.getMetadata().getName().equals("postgres"))
                    .findFirst()
                    .orElseThrow();
            assertThat(postgres.getSpec().getExternalName())
                    .isEqualTo(host.isEmpty() ? "host.docker.internal" : host.startsWith("db") ? host : null);
            if (host.startsWith("192")) {
                assertThat(rendered.all(V1EndpointSlice.class)
                                .get(0)
                                .getEndpoints()
                                .get(0)
                                .getAddresses())
                        .containsExactly(host);
            }
        }
    }

    @Test
    void upKnowsTheClusterByItsContext() throws Exception {
        scripts.with("CONTEXT", "docker-desktop");
        var desktop = up();
        assertThat(desktop.printed()).contains("overlay docker-desktop", "Pods reach Postgres at host.docker.internal");
        assertThat(desktop.call("load")).isEqualTo(-1);

        scripts.with("CONTEXT", "minikube");
        assertInOrder(up(), "docker build", "minikube --profile minikube image load", "apply -k");

        scripts.with("CONTEXT", "production");
        var unknown = up();
        assertThat(unknown.exitCode()).isEqualTo(3);
        assertThat(unknown.printed())
                .contains("Cannot tell what cluster the context production is", "k8s/up docker-desktop|minikube");
        assertThat(unknown.call("apply")).isEqualTo(-1);
    }

    @Test
    void upSaysWhatIsMissing() throws Exception {
        var wrong = up("kindd");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.printed()).contains("usage: CDC_PASSWORD=... k8s/up");

        scripts.with("CDC_PASSWORD", "");
        var noPassword = up();
        assertThat(noPassword.exitCode()).isEqualTo(3);
        assertThat(noPassword.printed()).contains("Set CDC_PASSWORD to what postgres-setup/apply was given");
        assertThat(noPassword.call("apply -k")).isEqualTo(-1);

        Files.createFile(folder.resolve("secret"));
        assertThat(up().exitCode()).as("the Secret is there").isZero();

        scripts.stub("psql", "cat >/dev/null; echo replica");
        var walLevel = up();
        assertThat(walLevel.exitCode()).isEqualTo(3);
        assertThat(walLevel.printed()).contains("wal_level is 'replica'", "Run postgres-setup/apply");

        scripts.stub("kubectl", "exit 1");
        var noCluster = up();
        assertThat(noCluster.exitCode()).isEqualTo(3);
        assertThat(noCluster.printed()).contains("kubectl has no current context", "minikube start");
    }

    @Test
    void upMakesThePublicationWhereItIsMissing() throws Exception {
        scripts.stub(
                "psql",
                "sql=$(cat); echo \"$sql\" >>" + folder.resolve("sql")
                        + "; case $sql in *wal_level*) echo logical ;; esac");

        assertThat(up().printed()).contains("made the publication localcdc_inventory");
        assertThat(folder.resolve("sql")).content().contains("CREATE PUBLICATION localcdc_inventory");
    }

    @Test
    void upShowsWhyAStageFailed() throws Exception {
        scripts.stub(
                "kubectl",
                "case \"$*\" in *'rollout status deployment/kafka-connect'*) exit 1 ;;"
                        + " *'get pods -l'*) printf 'connect\\nregistrar\\n' ; exit 0 ;;"
                        + " *'logs -l'*registrar*) echo 'FAILED: password authentication failed' ; exit 0 ;; esac\n"
                        + FRESH_CLUSTER);

        var result = up();

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.printed())
                .contains(
                        "container registrar", "FAILED: password authentication failed", "kafka-connect is not ready");
        assertThat(result.call("rollout status deployment/cdc-consumer")).isEqualTo(-1);
    }

    @Test
    void downGoesInTheRightOrder() throws Exception {
        scripts.stub(
                        "kubectl",
                        "case \"$*\" in *'get deployment kafka-connect'*) echo deployment.apps/kafka-connect ;; esac\n"
                                + FRESH_CLUSTER)
                .stub("psql", "cat >>" + folder.resolve("sql"));

        var result = down();

        assertThat(result.exitCode()).as(result.printed()).isZero();
        assertInOrder(
                result,
                "delete deployment cdc-consumer",
                "exec deployment/kafka-connect -c registrar -- sh /etc/registrar/register-connector.sh remove",
                "delete deployment kafka-connect",
                "psql",
                "delete namespace data-platform");
        assertThat(folder.resolve("sql"))
                .content()
                .contains(
                        "pg_drop_replication_slot",
                        "'localcdc_connect'",
                        "DROP PUBLICATION IF EXISTS localcdc_inventory");
    }

    @Test
    void downSaysWhatIsLeftWherePostgresCannotBeReached() throws Exception {
        scripts.stub("psql", "cat >/dev/null; echo 'connection refused' >&2; exit 2");

        var result = down();

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.call("delete namespace data-platform")).isPositive();
        assertThat(result.printed())
                .contains(
                        "Postgres could not be cleaned: connection refused",
                        "SELECT pg_drop_replication_slot(slot_name)",
                        "DROP PUBLICATION")
                .doesNotContain("Nothing is left");
    }

    @Test
    void downTakesANoticeForNoFailure() throws Exception {
        scripts.stub("psql", "cat >/dev/null; echo 'NOTICE:  publication does not exist, skipping' >&2");

        var again = down();

        assertThat(again.exitCode()).as(again.printed()).isZero();
        assertThat(again.printed()).contains("Nothing is left of the platform.");
    }

    @Test
    void downLeavesANamespaceAloneThatIsNotOurs() throws Exception {
        scripts.with("OWNER", "somebody-else");

        var foreign = down();

        assertThat(foreign.exitCode()).isEqualTo(3);
        assertThat(foreign.printed()).contains("is not this platform's");
        assertThat(foreign.call("delete")).isEqualTo(-1);
        assertThat(foreign.call("psql")).isEqualTo(-1);
    }

    @Test
    void downCleansPostgresAlsoWhenTheClusterIsGone() throws Exception {
        scripts.stub("kubectl", "exit 1").stub("psql", "cat >>" + folder.resolve("sql"));

        var gone = down();

        assertThat(gone.exitCode()).isEqualTo(3);
        assertThat(gone.printed()).contains("kubectl reaches no cluster", "There is no slot localcdc_connect");
        assertThat(folder.resolve("sql")).content().contains("pg_drop_replication_slot");
    }

    @Test
    void upGoesOnWithWhatTheSecretSays() throws Exception {
        scripts.stub(
                        "kubectl",
                        "case \"$*\" in *'get secret postgres -o go-template'*)"
                                + " case \"$*\" in *port*) printf 5433 ;; *database*) printf shop ;; *username*) printf reader ;; esac ; exit 0 ;;"
                                + " esac\n" + FRESH_CLUSTER)
                .stub(
                        "psql",
                        "echo \"$PGPORT/$PGDATABASE\" >>" + folder.resolve("asked")
                                + "; case $(cat) in *wal_level*) echo logical ;; *) echo 1 ;; esac");

        var result = up();

        assertThat(result.exitCode()).as(result.printed()).isZero();
        assertThat(folder.resolve("asked")).content().startsWith("5433/shop");
        assertThat(result.calls().get(result.call("create secret")))
                .contains("username=reader", "database=shop", "port=5433");
    }

    @Test
    void shellcheckIsContent() throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(
                            "shellcheck",
                            "-x",
                            "-P",
                            Manifests.FOLDER.toString(),
                            "up",
                            "down",
                            "base/register-connector.sh")
                    .directory(Manifests.FOLDER.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("shellcheck").toFile())
                    .start();
        } catch (IOException missing) {
            TestPostgres.skip("shellcheck is not here");
            return;
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("shellcheck")).content().isEmpty();
    }
}
