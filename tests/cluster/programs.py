"""The programs that the run needs, and where Debian installs them."""

import os
import shutil
from pathlib import Path

NEEDED = ["etcd", "haproxy", "ip", "nft", "nsenter", "patroni", "pgbouncer", "redis-server", "setpriv", "unshare"]
POSTGRESQL = Path("/usr/lib/postgresql")
# Some of them are in directories that a user's PATH may lack.
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def missing() -> str | None:
    """The reason why the run is impossible, or None."""
    if os.geteuid() != 0:
        return "Run as root, which can create network namespaces."
    absent = [program for program in NEEDED if shutil.which(program, path=PATH) is None]
    if not list(POSTGRESQL.glob("*/bin/initdb")):
        absent.append("PostgreSQL")
    if absent:
        return f"These are not installed: {', '.join(absent)}. On Debian, `make system-cluster` installs them."
    return None


def postgresql() -> Path:
    """The directory of the programs of the newest PostgreSQL."""
    return max(POSTGRESQL.glob("*/bin"), key=lambda path: int(path.parent.name))
