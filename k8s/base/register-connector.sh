#!/bin/sh
# Keeps a connector as its files say, and Kafka Connect may lose it as often as it likes: registers it where it is missing
# or different, starts it again where it has failed, and logs every change of its state. Runs beside Connect (kafka-connect.yaml).
#
#   register-connector.sh            until it is stopped
#   register-connector.sh remove     takes the connector away, with the place in the log that it has reached
#
# CONNECT_URL, CONNECTOR_NAME; CONNECTOR_FILES: a folder with connector.json and any number of further .json files, of which
# each wins over those before it in the alphabet; STATE_FOLDER: has the file `running` while connector and tasks run.
set -eu

url=${CONNECT_URL:-http://localhost:8083}
name=${CONNECTOR_NAME:?the name of the connector}
connector=/connectors/$name
files=${CONNECTOR_FILES:-/etc/connector}
state=${STATE_FOLDER:-/tmp}
interval=${INTERVAL_SECONDS:-2}

tab=$(printf '\t')
newline='
'
token='"([^"\\]|\\.)*"|[-+.0-9A-Za-z]+'

running=$state/running
removed=$state/removed
answer=$state/answer

log() {
    printf '%s %s\n' "$(date -u +%FT%TZ)" "$*"
}

# One property a line, "name":"value", sorted, so that two configurations can be compared. Reads files of flat JSON, of which
# each wins over those before it; numbers, true and false become texts, as Connect makes them. (The image may lack awk.)
properties() {
    pairs="\"name\"$tab\"$name\""
    latest=''
    for file; do
        text=$(tr '\n\t' '  ' <"$file")
        words=$(printf '%s\n' "$text" | grep -oE "$token" | sed 's/^[^"].*$/"&"/')
        if ! printf '%s\n' "$text" | sed -E "s/$token/x/g" | grep -qE '^ *\{ *(x *: *x *(, *x *: *x *)*)?\} *$'; then
            echo "$file: not an object of texts" >&2
            return 2
        fi
        latest=$(printf '%s\n' "$words" | paste -d "$tab" - -)$newline$latest
    done
    printf '%s\n%s' "$pairs" "$latest" | LC_ALL=C sort -s -u -t "$tab" -k 1,1 | sed "/^$tab*\$/d; s/$tab/:/"
}

wanted_properties() {
    set -- "$files/connector.json"
    for file in "$files"/*.json; do
        if [ "$file" != "$files/connector.json" ]; then
            set -- "$@" "$file"
        fi
    done
    properties "$@"
}

# ask METHOD PATH [BODY]: prints the status code, 000 where nobody answers, and leaves the body in $answer.
ask() {
    : >"$answer"
    curl -s --max-time 90 -o "$answer" -w '%{http_code}' -X "$1" -H 'Content-Type: application/json' \
        ${3+--data-binary "$3"} "$url$2" || true
}

message() {
    sed -n 's/.*"message":"\(.*\)"}*$/\1/p' "$answer" | sed 's/\\n/ /g; s/\\"/"/g' | head -c 2000
}

# The wanted properties as what Connect takes.
wanted_json() {
    printf '{%s}' "$(printf '%s' "$wanted" | paste -s -d , -)"
}

# What Connect has against the configuration, each complaint once: its answer to the PUT itself is often only a code.
objections() {
    class=$(printf '%s\n' "$wanted" | sed -n 's/^"connector.class":"\(.*\)"$/\1/p')
    ask PUT "/connector-plugins/$class/config/validate" "$(wanted_json)" >/dev/null
    grep -o '"errors":\["[^]]*' "$answer" | cut -c 12- | sort -u | paste -s -d ' ' - | head -c 2000
}

said=''
say() {
    if [ "$said" != "$*" ]; then
        said=$*
        log "$*"
    fi
}

# What Connect has is compared with what it made of the files when it took them, so that only a change is a difference.
taken_from='' taken_as='' refused='' refused_at=0

register() {
    case $(ask GET "$connector/config") in
    200) has=$(properties "$answer") ;;
    404) has='' ;;
    000) say "$name: Connect does not answer at $url"; return 1 ;;
    *) say "$name: Connect is not ready: $(message)"; return 1 ;;
    esac
    if [ "$has" = "$wanted" ]; then
        taken_from=$wanted taken_as=$has
    fi
    if [ "$taken_from" = "$wanted" ] && [ "$taken_as" = "$has" ]; then
        return 0
    fi
    # The reason may be mended outside; asking costs Connect a connection to Postgres.
    if [ "$refused" = "$wanted" ] && [ $(($(date +%s) - refused_at)) -lt 30 ]; then
        return 1
    elif [ "$refused" = "$wanted" ]; then
        : # said when it was tried first
    elif [ -z "$has" ]; then
        say "$name: registering it"
    else
        say "$name: its configuration is not what the files say: replacing it"
    fi
    code=$(ask PUT "$connector/config" "$(wanted_json)")
    case $code in
    200 | 201) ;;
    409 | 000) return 1 ;; # busy with itself, or away: the next round tries again
    *)
        refused=$wanted refused_at=$(date +%s)
        brief=$(message)
        why=$(objections)
        say "$name: Connect refuses the configuration ($code): ${why:-$brief}"
        return 1
        ;;
    esac
    if [ "$(ask GET "$connector/config")" = 200 ]; then
        taken_from=$wanted taken_as=$(properties "$answer") refused=''
    fi
}

# What has failed is started again after 5, 10, 20 ... 300 seconds, for ever: what is wrong may be mended outside.
pause=5 again_at=0 restarted_at=0

restart_when_due() {
    now=$(date +%s)
    if [ "$again_at" -eq 0 ]; then
        if [ $((now - restarted_at)) -gt 600 ]; then pause=5; fi
        again_at=$((now + pause))
    elif [ "$now" -ge "$again_at" ]; then
        log "$name: starting again what has failed"
        ask POST "$connector/restart?includeTasks=true&onlyFailed=true" '' >/dev/null
        restarted_at=$now again_at=0
        pause=$((pause * 2 > 300 ? 300 : pause * 2))
    fi
}

report() {
    if [ "$(ask GET "$connector/status")" != 200 ]; then
        rm -f "$running"
        return
    fi
    # The connector's own state, then one for each task.
    states=$(grep -o '"state":"[A-Z_]*"' "$answer" | cut -d '"' -f 4 | paste -s -d ' ' -)
    case $states in
    *FAILED*)
        rm -f "$running"
        say "$name: connector and tasks: $states: $(first_line_of_trace)"
        restart_when_due
        return
        ;;
    *PAUSED* | *STOPPED* | *UNASSIGNED* | *RESTARTING*) rm -f "$running" ;;
    'RUNNING RUNNING'*)
        if ! [ -e "$running" ] && ! nothing_against_it; then
            return
        fi
        : >"$running"
        ;;
    *) rm -f "$running" ;;
    esac
    again_at=0
    say "$name: connector and tasks: ${states:-none yet}"
}

# A task that cannot reach Postgres when it starts is RUNNING and tries again by itself, so its state alone says too little: before
# all is called well, Connect is asked whether it could begin now.
nothing_against_it() {
    why=$(objections)
    if [ -n "$why" ]; then
        say "$name: connector and tasks: $states, but: $why"
        return 1
    fi
}

first_line_of_trace() {
    grep -o '"trace":"[^"]*' "$answer" | head -n 1 | cut -c 10- | sed 's/\\n\\tat .*//' | head -c 1000
}

keep() {
    rm -f "$running" "$removed"
    trap 'exit 0' TERM INT
    while :; do
        if [ -e "$removed" ]; then
            rm -f "$running"
            say "$name: removed; it stays so until this container is started again"
        elif ! wanted=$(wanted_properties 2>"$state/complaint"); then
            say "$name: the files cannot be read: $(cat "$state/complaint")"
        elif register; then
            report
        else
            rm -f "$running"
        fi
        sleep "$interval" &
        wait $!
    done
}

# until TEXT COMMAND...: repeats it for a minute at most.
until_done() {
    what=$1
    shift
    attempts=0
    until "$@"; do
        attempts=$((attempts + 1))
        if [ "$attempts" -ge 60 ]; then
            log "$name: $what did not succeed: $(message)"
            exit 3
        fi
        sleep 1
    done
}

stopped() {
    case $(ask PUT "$connector/stop" '') in
    202 | 204 | 200) ;;
    404) return 0 ;;
    *) return 1 ;;
    esac
    # No task may be left, or its place in the log cannot be removed.
    [ "$(ask GET "$connector/status")" = 404 ] || grep -q '"tasks":\[\]' "$answer"
}

gone() {
    case $(ask DELETE "$connector$1") in
    200 | 204 | 404) return 0 ;;
    *) return 1 ;;
    esac
}

case ${1:-} in
'') keep ;;
remove)
    answer=$state/answer-of-remove
    : >"$removed"
    until_done 'stopping it' stopped
    until_done 'removing its offsets' gone /offsets
    until_done 'removing it' gone ''
    log "$name: removed"
    ;;
*)
    echo "usage: $0 [remove]" >&2
    exit 2
    ;;
esac
