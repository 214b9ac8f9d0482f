"""The tables that a run prints."""

import os
import platform
import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import rows
from tests.bench.console import report
from tests.bench.contenders import Measurement
from tests.bench.targets import Finding, Results, Target, ratios

HEADINGS = "clients      req/s      p50      p95      p99   server       pg     CPU vs. baseline"


def heading() -> None:
    """Report the time and the machine of the run, and the headings of the rows."""
    load = os.getloadavg()[0]
    report(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_processor()}, {os.cpu_count()} cores, load average {load:.1f}")
    report("Latencies and CPU time per request are in milliseconds.")
    report()
    report(f"{'':32}{HEADINGS}")


def row(results: Results, name: str, clients: int) -> None:
    """Report the medians of a row."""
    slices = results[name, clients]

    def median(figure: Callable[[Measurement], float]) -> float:
        return statistics.median(figure(each) for each in slices)

    report(
        f"{name:32}{clients:7}{median(lambda each: each.rate):11,.0f}"
        f"{median(lambda each: each.p50):9.1f}{median(lambda each: each.p95):9.1f}{median(lambda each: each.p99):9.1f}"
        f"{median(lambda each: each.server_cpu):9.2f}{median(lambda each: each.database_cpu):9.2f}"
        f"     {_to_baseline(results, name, clients)}"
    )
    for response, count in sum((each.others for each in slices), start=Counter[str]()).items():
        report(f"{'':32}        and {count} times {response}")


def sizes(found: Sequence[tuple[str, int, int]]) -> None:
    """Report the names of rows, with the sizes of their responses, uncompressed and with gzip."""
    report()
    report(f"{'response, bytes':32}  plain   gzip")
    for name, plain, compressed in found:
        report(f"{name:32}{plain:7,}{compressed:7,}")


def targets(results: Results, found: Sequence[Target]) -> bool:
    """Report the table of targets. Returns whether the limit of every target is met."""
    report()
    report(f"{'target':64}  limit   goal  measured        (spread)  verdict")
    verdicts = []
    for target in found:
        finding = target.measure(results)
        verdicts.append(target.verdict(finding.value))
        report(
            f"{target.name:64}{target.limit:7.2f}{target.goal:7.2f}{finding.value:10.2f}"
            f"{_spread(finding):>16}  {verdicts[-1]:7} {finding.row}"
        )
    missed = verdicts.count("MISSED")
    report()
    report(f"{missed} of {len(verdicts)} targets are missed." if missed else "All targets are met.")
    return not missed


def _processor() -> str:
    """The name of the processor. Linux has it only in this file."""
    names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return names[0] if names else platform.machine()


def _to_baseline(results: Results, name: str, clients: int) -> str:
    baseline = rows.BASELINES.get(name)
    if baseline is None:
        return ""
    finding = Finding.median(ratios(results, name, baseline, clients, lambda each: each.cpu))
    return f"{finding.value:5.2f} {_spread(finding):>15}"


def _spread(finding: Finding) -> str:
    return f"({finding.low:.2f}-{finding.high:.2f})"
