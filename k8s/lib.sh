# What k8s/up and k8s/down share; not a program.
# shellcheck shell=sh

namespace=data-platform
k8s=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck disable=SC2034 # k8s/up needs it
repository=$(dirname -- "$k8s")

stage() {
    printf '==> %s\n' "$*"
}

# fail WHAT REMEDY...: the environment is not ready.
fail() {
    printf '%s\n' "$@" >&2
    exit 3
}

need() {
    command -v "$1" >/dev/null || fail "$(basename -- "$0") needs $1." "$2"
}

kube() {
    kubectl --namespace "$namespace" "$@"
}

reach_cluster() {
    context=$(kubectl config current-context 2>/dev/null) || fail \
        'kubectl has no current context.' \
        'Start a cluster (Docker Desktop: Settings, Kubernetes; kind create cluster --config k8s/overlays/kind/kind-cluster.yaml; minikube start), or choose one with: kubectl config use-context NAME'
    kubectl --request-timeout=10s get --raw /version >/dev/null || fail \
        "The cluster of the context $context does not answer." \
        'Start it, or choose another one with: kubectl config use-context NAME'
}

# connector_setting NAME: of the file that the connector is registered with.
connector_setting() {
    sed -n "s/^ *\"$1\": \"\(.*\)\",*\$/\1/p" "$k8s/base/connector.json"
}

# secret_value KEY DEFAULT: of the Secret postgres, where it is there.
secret_value() {
    value=$(kube get secret postgres -o "go-template={{with index .data \"$1\"}}{{base64decode .}}{{end}}" 2>/dev/null) || value=''
    printf %s "${value:-$2}"
}

# What psql looks at is what the Secret says, where nothing else was asked for.
find_postgres() {
    PGPORT=${PGPORT:-$(secret_value port 5432)} PGDATABASE=${PGDATABASE:-$(secret_value database postgres)}
    export PGPORT PGDATABASE
}

export PGHOST="${PGHOST:-localhost}" PGUSER="${PGUSER:-postgres}"

# sql: reads statements from stdin, and prints bare values.
sql() {
    PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-5} psql -X -q -w -At -v ON_ERROR_STOP=1
}
