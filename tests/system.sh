#!/bin/sh
# make system: installs a browser, Redis, nginx, PgBouncer and wrk for the tests from Debian. It does nothing if all are installed.
# make system-cluster: the same with the argument "cluster", which also installs what `make prove-cluster` needs.
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
has nginx /usr/sbin/nginx || packages="$packages nginx-light"
has pgbouncer /usr/sbin/pgbouncer || packages="$packages pgbouncer"
has sqlite3 || packages="$packages sqlite3"
has systemd-analyze || packages="$packages systemd"
has wrk || packages="$packages wrk"
if [ "${1:-}" = cluster ]; then
    has patroni || packages="$packages patroni python3-etcd"
    has etcd || packages="$packages etcd-server"
    has haproxy /usr/sbin/haproxy || packages="$packages haproxy"
    has nft /usr/sbin/nft || packages="$packages nftables"
    has ip /usr/sbin/ip || packages="$packages iproute2"
    test -d /usr/lib/postgresql || packages="$packages postgresql"
fi
test -n "$packages" || exit 0

if ! has apt-get; then
    echo "This is not Debian. Install these packages, which the tests need:$packages." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Run as root: apt-get update && apt-get install --no-install-recommends$packages" >&2
    exit 1
fi
echo "Installing$packages ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet=2 --option Acquire::Retries=3
# shellcheck disable=SC2086 - a list of packages
apt-get install --quiet=2 --option Dpkg::Use-Pty=0 --option Acquire::Retries=3 --yes --no-install-recommends $packages
