"""Connections are counted for all processes of a server."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cinema.runtime import process_ids
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
        assert counts.add("ada", at_most=3) is None
        other.communicate("")
    # Those of the process that has ended do not count.
    assert [counts.add("ada", at_most=3) is None for _ in range(3)] == [False, False, True]


def test_a_process_that_starts_forgets_those_that_have_ended(tmp_path: Path) -> None:
    path = str(tmp_path / "counts.sqlite3")
    subprocess.run([sys.executable, "-c", ADD_TWO, path], check=True, capture_output=True)  # noqa: S603 - as above
    SharedCounts(path)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT COUNT(*) FROM connection").fetchone() == (0,)


def test_a_process_of_another_user_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert process_ids.exists(1)


def test_without_a_file_a_process_counts_only_its_own() -> None:
    first, second = SharedCounts(), SharedCounts()
    assert first.add("ada", at_most=1)
    assert first.add("ada", at_most=1) is None
    assert second.add("ada", at_most=1)
