#!/bin/sh
# Restarts the instances one after the other. No request fails, because nginx sends none to an instance that restarts.
# Its WebSockets are closed, and clients connect to another instance.
#
#   rolling-restart.sh cinema@8001=127.0.0.1:8001 cinema@8002=127.0.0.1:8002
#
# Each argument is a service and its address in the file of the upstream. The variables are for other supervisors:
#   UPSTREAM  the file of the upstream
#   RELOAD    a command that makes nginx read it
#   RESTART   a command that restarts the service in its last argument
#   PROBE     a command that, with the URL of /readyz as its last argument, fails until the instance is ready
set -eu

UPSTREAM=${UPSTREAM:-/etc/nginx/cinema/upstream.conf}
RELOAD=${RELOAD:-nginx -s reload}
RESTART=${RESTART:-systemctl restart}
PROBE=${PROBE:-curl --fail --silent --output /dev/null --max-time 5}
# Old workers of nginx send requests until they have been replaced, which takes seconds on a busy machine. A mutation
# that arrives while the instance stops accepting connections could fail.
SECONDS_TO_DRAIN=${SECONDS_TO_DRAIN:-10}
SECONDS_TO_START=${SECONDS_TO_START:-60}

# change EXPRESSION: edits the file in place, because a container may see this file and not its directory.
change() {
    changed=$(sed "$1" "$UPSTREAM")
    printf '%s\n' "$changed" >"$UPSTREAM"
    $RELOAD
}

mark_as_down() {
    change "s/\(server $1 .*\);/\1 down;/"
}

mark_as_up() {
    change "s/\(server $1 .*\) down;/\1;/"
}

is_down() {
    grep -q "server $1 .* down;" "$UPSTREAM"
}

another_is_up() {
    grep '^ *server ' "$UPSTREAM" | grep -v "server $1 " | grep -qv ' down;'
}

is_ready() {
    $PROBE "http://$1/readyz"
}

# The instances in the arguments may not be the only ones, but the others must be able to take over.
for instance; do
    is_ready "${instance#*=}" || {
        echo "${instance%%=*} is not ready. Nothing was restarted. http://${instance#*=}/readyz has the reason." >&2
        exit 1
    }
    grep -q "server ${instance#*=} " "$UPSTREAM" || { echo "$UPSTREAM has no server ${instance#*=}." >&2; exit 1; }
done

# An earlier restart that failed has left its instance marked as down.
for instance; do
    if is_down "${instance#*=}"; then mark_as_up "${instance#*=}"; fi
done

for instance; do
    service=${instance%%=*}
    address=${instance#*=}
    another_is_up "$address" || { echo "$UPSTREAM has no other server that gets requests." >&2; exit 1; }
    echo "Restarting $service"
    mark_as_down "$address"
    sleep "$SECONDS_TO_DRAIN"
    $RESTART "$service"
    waited=0
    until is_ready "$address"; do
        waited=$((waited + 1))
        if [ "$waited" -gt "$SECONDS_TO_START" ]; then
            echo "$service did not become ready. It is still marked as down in $UPSTREAM." >&2
            exit 1
        fi
        sleep 1
    done
    mark_as_up "$address"
done
