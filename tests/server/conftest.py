"""A server with metrics, traces and reports of errors, which several modules share."""

from collections.abc import Iterator

import pytest

from tests.server.metrics import Measured, measured
from tests.server.receiver import Receiver, receiver


@pytest.fixture(scope="session")
def telemetry() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture(scope="session")
def running(
    environment: dict[str, str], telemetry: Receiver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Measured]:
    with measured(environment | telemetry.environment, tmp_path_factory.mktemp("metrics")) as found:
        yield found
