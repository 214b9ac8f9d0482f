"""Hosts exchange packets, and their faults do what they say."""

import os
import shutil
import sys

import pytest

from config.environment import BASE_DIR
from tests.cluster import isolation, programs

# `make system` does not install these programs, so the test is skipped in CI.
CAN_RUN = os.geteuid() == 0 and all(shutil.which(program, path=programs.PATH) for program in ("ip", "nft"))


@pytest.mark.deep
@pytest.mark.skipif(
    not CAN_RUN, reason="needs root and more programs: run `make system-cluster`, then the test as root"
)
def test_partitions_pauses_and_kills() -> None:
    command = [sys.executable, "-m", "tests.cluster.network_check"]

    assert isolation.run(command, directory=BASE_DIR) == 0
