"""What the server counts and measures.

Code calls `metrics.recorder`, which does nothing until `enable` is called. So a server without metrics pays for an
empty call, and does not import prometheus_client.
"""

from pathlib import Path

from cinema.runtime.metrics.recorder import Recorder

recorder = Recorder()


def enable(directory: Path) -> None:
    """Record the metrics of this process, and of the processes that it forks, in files in `directory`."""
    global recorder  # noqa: PLW0603 - the one recorder of the process
    if type(recorder) is not Recorder:
        return
    directory.mkdir(parents=True, exist_ok=True)
    from cinema.runtime.metrics.prometheus import recorder_in  # noqa: PLC0415 - imported only if metrics are on

    recorder = recorder_in(directory)
