"""The files in which the processes of a server record their metrics: `<type>_<process ID>.db`."""

import re
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict

from cinema.runtime.process_ids import exists

# Files of processes that have ended are merged into the files of this process, which does not exist.
MERGED = 0

_NAME = re.compile(r"(?P<type>counter|histogram|gauge_[a-z]+)_(?P<process>\d+)\.db")


def merge_ended(directory: Path) -> int:
    """Merge the files of processes that have ended. Returns how many there were. Requires `locks.scrape`.

    Their counters are kept, because a sum that falls looks like a restart. What was open in them has been closed.
    """
    ended = [(path, found["type"]) for path in sorted(directory.glob("*.db")) if (found := _ended(path))]
    for path, kind in ended:
        if not kind.startswith("gauge_live"):
            _merge(path, into=directory / f"{kind}_{MERGED}.db", largest=kind == "gauge_max")
        path.unlink(missing_ok=True)
    return len(ended)


def _ended(path: Path) -> re.Match[str] | None:
    found = _NAME.fullmatch(path.name)
    if found is None or int(found["process"]) == MERGED or exists(int(found["process"])):
        return None
    return found


def _merge(path: Path, *, into: Path, largest: bool) -> None:
    merged = MmapedDict(str(into))
    try:
        for key, value, timestamp, _ in MmapedDict.read_all_values_from_file(str(path)):
            before, _ = merged.read_value(key)
            merged.write_value(key, max(before, value) if largest else before + value, timestamp)
    finally:
        merged.close()
