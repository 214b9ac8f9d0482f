#!/bin/sh
# make system: a browser, Redis and wrk for the tests, from Debian's packages. At once done where all are there.
set -eu

has() {
    for program; do
        command -v "$program" >/dev/null && return
    done
    return 1
}

packages=""
has chromium chromium-browser google-chrome || packages="$packages chromium"
has redis-server || packages="$packages redis-server"
has wrk || packages="$packages wrk"
test -n "$packages" || exit 0

if ! has apt-get; then
    echo "Not Debian: the tests need, by whatever way this system has:$packages." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "As root: apt-get update && apt-get install --no-install-recommends$packages" >&2
    exit 1
fi
echo "Installing$packages ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet=2 --option Acquire::Retries=3
# shellcheck disable=SC2086 - a list
apt-get install --quiet=2 --option Dpkg::Use-Pty=0 --option Acquire::Retries=3 --yes --no-install-recommends $packages
