# shellcheck shell=sh
# Runs one command for as long as the JVM that started this script lives.
#   stdin   a pipe that only the JVM holds open: each line names a signal for the command; its end means the JVM is gone
#   stdout  one line, the command's pid
#   stderr  the log file, for everything the command prints
# The command comes in a variable, not as arguments: a search for the command's name in `ps` finds the command alone.
graceful=$1 patience=$2 session=$3
eval "set -- $LOCALCDC_COMMAND"
unset LOCALCDC_COMMAND LOCALCDC_GUARD

# Ctrl-C in a terminal goes to the whole process group; the command must not hear it before the JVM has decided what to do.
[ "$session" = own ] || set -m

# A shell points the stdin of a background job at /dev/null, so the pipe gets another number first.
exec 3<&0 </dev/null
"$@" 3<&- >&2 &
child=$!
echo "$child"
exec >&2

(
    while read -r signal <&3; do
        kill -s "$signal" "$child"
    done
    kill -s "$graceful" "$child"
    while [ "$patience" -gt 0 ] && kill -0 "$child"; do
        sleep 1
        patience=$((patience - 1))
    done
    kill -s KILL "$child"
) 2>/dev/null &
guard=$!
exec 3<&-

wait "$child"
code=$?
{ kill -s KILL "$guard" && wait "$guard"; } 2>/dev/null
exit "$code"
