import time
from types import SimpleNamespace

import pytest
from django.db import Error, InterfaceError, OperationalError

from cinema.runtime import replicas
from cinema.runtime.replicas import Replicas, _Replica


@pytest.mark.parametrize("error", [OperationalError("refused\n\tIs it running?"), InterfaceError("closed")])
def test_any_error_of_the_database_is_one_line_of_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Error
) -> None:
    """Another exception would end the thread that checks the replicas."""

    def fail(*_: object) -> bool:
        raise error

    monkeypatch.setattr(replicas, "_has_replayed", fail)
    monkeypatch.setattr(replicas, "connections", {"replica 1": SimpleNamespace(close=lambda: None)})
    replica = _Replica("replica 1")
    Replicas([])._check(replica, "0/0", time.monotonic())  # noqa: SLF001 - only a thread calls it
    assert replica.usable_until < time.monotonic()
    (record,) = caplog.records
    assert record.getMessage() == f"replica 1 cannot be reached, so it is not used: {' '.join(str(error).split())}"
