"""Connections are counted for all processes of a server."""

import subprocess
import sys
from pathlib import Path

from cinema.runtime.shared_counts import SharedCounts

# Adds two connections of a client, and prints their keys. It ends without removing them, as a process that crashes.
ADD_TWO = """
import sys
from cinema.runtime.shared_counts import SharedCounts
counts = SharedCounts(sys.argv[1])
print(counts.add("ada", at_most=3), counts.add("ada", at_most=3))
if "wait" in sys.argv:
    sys.stdout.flush()
    sys.stdin.read()
"""


def test_connections_of_other_processes_count(tmp_path: Path) -> None:
    path = str(tmp_path / "counts.sqlite3")
    counts = SharedCounts(path)
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", ADD_TWO, path, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline().split() == ["1", "2"]
        third = counts.add("ada", at_most=3)
        assert third is not None
        assert counts.add("ada", at_most=3) is None
        assert counts.add("bob", at_most=3) is not None
        counts.remove(third)
        assert counts.add("ada", at_most=3) is not None
        other.communicate("")
    assert counts.add("ada", at_most=3) is None
    # A process that starts forgets those of a process that has ended.
    SharedCounts(path)
    assert counts.add("ada", at_most=3) is not None


def test_without_a_file_a_process_counts_only_its_own() -> None:
    first, second = SharedCounts(), SharedCounts()
    assert first.add("ada", at_most=1)
    assert first.add("ada", at_most=1) is None
    assert second.add("ada", at_most=1)
