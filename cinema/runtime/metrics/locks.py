"""Locks on the directory in which the processes of a server record their metrics."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUse(Exception):
    """Another server uses the directory."""


@contextmanager
def server(directory: Path) -> Iterator[None]:
    """Reserve `directory` for the server that this process runs. Raises `InUse`.

    Two servers in one directory would each report the sum of both. The lock ends with this process. Processes that it
    forks do not have it. What an earlier server recorded as open is deleted.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InUse from error
        # After a crash of the machine, other processes may have the IDs in these names, so nothing else deletes them.
        for path in directory.glob("gauge_live*.db"):
            path.unlink(missing_ok=True)
        yield


@contextmanager
def scrape(directory: Path) -> Iterator[None]:
    """Let no other process merge or read the files while the block runs."""
    with (directory / "merge.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
