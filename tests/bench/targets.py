"""The targets of the benchmark, and whether a run met them."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.bench import rows
from tests.bench.contenders import Measurement

# The slices by row and number of clients, in the order in which they were measured.
Results = Mapping[tuple[str, int], Sequence[Measurement]]


@dataclass(frozen=True)
class Finding:
    """The median, the lowest and the highest of some ratios. `row` is their row, if several rows were compared."""

    value: float
    low: float
    high: float
    row: str = ""

    @classmethod
    def median(cls, values: Sequence[float], row: str = "") -> "Finding":
        return cls(statistics.median(values), min(values), max(values), row)


@dataclass(frozen=True)
class Target:
    """A ratio. It must be at most `limit`, or at least `limit` if `goal` is greater than `limit`."""

    name: str
    limit: float
    goal: float
    measure: Callable[[Results], Finding]

    def verdict(self, value: float) -> str:
        """The verdict: "goal" if `goal` is met, "ok" if `limit` is met, otherwise "MISSED"."""
        if self._reached(self.goal, value):
            return "goal"
        return "ok" if self._reached(self.limit, value) else "MISSED"

    def _reached(self, bound: float, value: float) -> bool:
        return value >= bound if self.goal > self.limit else value <= bound


def all_targets(memory: float) -> list[Target]:
    """All targets. `memory` is the memory of the workers at the end of the run, relative to that after warming up."""
    return [
        Target("{ __typename } vs. bare Django view: CPU", 2.5, 1.5, cpu(rows.TYPENAME, rows.BARE)),
        Target("me vs. { __typename }: CPU", 1.6, 1.3, cpu(rows.ME, rows.TYPENAME)),
        *rates("bookSeat, hot show vs. original design", 3, 10, rows.ORIGINAL),
        *rates("bookSeat, hot show vs. pgbench", 0.1, 0.25, rows.PGBENCH),
        *rates("bookSeat, hot show vs. many shows", 0.9, 1, rows.MANY),
        Target("refusal vs. sale, 300 seats: CPU", 1, 0.5, cpu(rows.REFUSED_300, rows.HOT)),
        Target("refusal vs. sale, 10,000 seats: CPU", 1, 0.5, cpu(rows.REFUSED_10_000, rows.HOT)),
        Target("best available, 2 of 300, vs. sale: CPU", 1.5, 1.2, cpu(rows.BEST, rows.HOT)),
        *(Target(f"{read} vs. one SQL statement: CPU", 4, 2, cpu(read, rows.sql(read))) for read in rows.READS),
        Target("reads, full size vs. a tenth: CPU", 1.3, 1.1, growth),
        Target("p99 vs. p50 at 32 clients", 5, 3, tail),
        Target("worker memory, at the end vs. after 1,000 requests", 1.1, 1, lambda _: Finding.median([memory])),
    ]


def rates(name: str, limit: float, goal: float, other: str) -> list[Target]:
    """Bookings per second, with 8 and with 32 clients."""

    def measure(clients: int) -> Callable[[Results], Finding]:
        return lambda results: Finding.median(ratios(results, rows.HOT, other, clients, lambda each: each.rate))

    return [Target(f"{name}: rate, {clients} clients", limit, goal, measure(clients)) for clients in (8, 32)]


def cpu(row: str, other: str) -> Callable[[Results], Finding]:
    """CPU time of server and database together, with 8 clients."""
    return lambda results: Finding.median(ratios(results, row, other, 8, lambda each: each.cpu))


def growth(results: Results) -> Finding:
    """The CPU time with the full database relative to that with a tenth of it, for the read that grows most."""
    findings = [
        Finding.median(ratios(results, rows.full(read), rows.tenth(read), 8, lambda each: each.cpu), row=read)
        for read in rows.READS
    ]
    return max(findings, key=lambda finding: finding.value)


def tail(results: Results) -> Finding:
    """p99 relative to p50, for the row where it is highest."""
    findings = [Finding.median([each.p99 / each.p50 for each in results[row, 32]], row=row) for row in rows.OURS]
    return max(findings, key=lambda finding: finding.value)


def ratios(results: Results, row: str, other: str, clients: int, figure: Callable[[Measurement], float]) -> list[float]:
    """The ratio of `row` to `other` in each round. `figure` is the measured value to compare."""
    pairs = zip(results[row, clients], results[other, clients], strict=True)
    return [figure(one) / figure(another) for one, another in pairs]
