"""The run itself, in its own namespaces. `tests.cluster` starts it."""

import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

from tests.cluster import isolation, programs
from tests.cluster.options import parsed
from tests.cluster.run import run
from tests.proof import report


def main(arguments: list[str]) -> int:
    options = parsed(arguments)
    os.environ["PATH"] = programs.PATH
    directory = isolation.DIRECTORY / "cluster"
    directory.mkdir()
    try:
        outcome = run(options, directory)
    except Exception:  # noqa: BLE001 - any failure of the run
        traceback.print_exc()
        _keep_logs(directory)
        return 1
    for line in report.lines(outcome):
        print(line, flush=True)  # noqa: T201 - the report
    if report.held(outcome):
        return 0
    _keep_logs(directory)
    return 1


def _keep_logs(directory: Path) -> None:
    """Copy the logs to a directory that remains after the run."""
    kept = Path(tempfile.mkdtemp(prefix="cluster-logs-"))
    for log in directory.glob("*/*.log"):
        (kept / log.parent.name).mkdir(exist_ok=True)
        shutil.copy(log, kept / log.parent.name)
    print(f"The logs of the hosts are in {kept}", flush=True)  # noqa: T201 - the report


if __name__ == "__main__":
    sys.exit(isolation.supervise(lambda: main(sys.argv[1:])))
