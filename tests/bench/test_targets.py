"""The verdicts of a benchmark, and the ratios they are based on."""

import pytest

from tests.bench import rows
from tests.bench.contenders import Measurement
from tests.bench.targets import Finding, Target, all_targets, cpu, growth, rates, tail


def measured(*, cpu: float = 1, rate: float = 100, p50: float = 1, p99: float = 2) -> Measurement:
    return Measurement(rate=rate, p50=p50, p95=p50, p99=p99, server_cpu=cpu * 0.75, database_cpu=cpu * 0.25)


@pytest.mark.parametrize(
    ("limit", "goal", "value", "verdict"),
    [
        (4, 2, 1.9, "goal"),
        (4, 2, 2, "goal"),
        (4, 2, 2.1, "ok"),
        (4, 2, 4, "ok"),
        (4, 2, 4.1, "MISSED"),
        (3, 10, 2.9, "MISSED"),
        (3, 10, 3, "ok"),
        (3, 10, 10, "goal"),
    ],
)
def test_verdict(limit: float, goal: float, value: float, verdict: str) -> None:
    assert Target("", limit, goal, lambda _: Finding(value, value, value)).verdict(value) == verdict


def test_ratio_is_the_median_of_the_rounds() -> None:
    results = {
        (rows.ME, 8): [measured(cpu=2), measured(cpu=9), measured(cpu=3)],
        (rows.TYPENAME, 8): [measured(cpu=1), measured(cpu=1), measured(cpu=2)],
    }
    assert cpu(rows.ME, rows.TYPENAME)(results) == Finding(2, 1.5, 9)


def test_rate_is_compared_at_8_and_at_32_clients() -> None:
    results = {
        (rows.HOT, 8): [measured(rate=300)],
        (rows.MANY, 8): [measured(rate=100)],
        (rows.HOT, 32): [measured(rate=50)],
        (rows.MANY, 32): [measured(rate=100)],
    }
    found = [target.measure(results).value for target in rates("", 0.9, 1, rows.MANY)]
    assert found == [3, 0.5]


def test_growth_is_the_highest_growth_of_all_reads() -> None:
    results = {(rows.full(read), 8): [measured(cpu=1)] for read in rows.READS}
    results |= {(rows.tenth(read), 8): [measured(cpu=1)] for read in rows.READS}
    results[rows.full(rows.DAY), 8] = [measured(cpu=1.5)]
    assert growth(results) == Finding(1.5, 1.5, 1.5, row=rows.DAY)


def test_tail_is_the_highest_ratio_of_all_requests() -> None:
    results = {(row, 32): [measured(p50=10, p99=20)] for row in rows.OURS}
    results[rows.HOT, 32] = [measured(p50=10, p99=70)]
    assert tail(results) == Finding(7, 7, 7, row=rows.HOT)


def test_every_target_is_measured() -> None:
    names = {*rows.OURS, *rows.BASELINES.values(), rows.PGBENCH}
    names |= {name for read in rows.READS for name in (rows.full(read), rows.tenth(read))}
    results = {(name, clients): [measured()] for name in names for clients in (8, 32)}
    verdicts = {target.name: target.verdict(target.measure(results).value) for target in all_targets(memory=1)}
    missed = {name for name, verdict in verdicts.items() if verdict == "MISSED"}
    # All measurements are equal here, and only these targets need a ratio above one.
    assert missed == {
        "bookSeat, hot show vs. original design: rate, 8 clients",
        "bookSeat, hot show vs. original design: rate, 32 clients",
    }
