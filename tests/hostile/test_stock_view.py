"""The control: the same attacks on Strawberry's own view. `checks` finds the violation that each attack expects."""

import logging
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, parse
from strawberry.extensions import MaxAliasesLimiter, QueryDepthLimiter
from strawberry.schema.config import StrawberryConfig

from schema.engine import limits
from schema.engine.scalars import SCALARS
from schema.engine.slices import query_type
from schema.root import SLICES
from tests.hostile import checks, stock
from tests.hostile.attack import Attack, Violation
from tests.hostile.corpus import CORPUS

# `OutOfTime` can be raised in a callback of the garbage collector, which cannot propagate it.
pytestmark = [pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"), pytest.mark.deep]


def named(attack: Attack) -> str:
    return attack.name.encode("ascii", "backslashreplace").decode()[:80]


BREAKING = [attack for attack in CORPUS if attack.stock not in {None, Violation.SLOW}]
SLOWING = [attack for attack in CORPUS if attack.stock is Violation.SLOW]
HANDLED = [attack for attack in CORPUS if attack.stock is None]


class LogRecords(logging.Handler):
    """Collects log records. With pytest's own handler, xdist fails on half of a surrogate pair."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        # Every handler formats records, which takes a large part of the time.
        self.format(record)
        self.records.append(record)


def on_the_stock_view(attack: Attack, monkeypatch: pytest.MonkeyPatch, settings: Any) -> checks.Exchange:
    log = LogRecords()
    monkeypatch.setattr(logging.getLogger(), "handlers", [log])
    settings.ROOT_URLCONF = stock.__name__
    settings.MIDDLEWARE = stock.MIDDLEWARE
    exchange = checks.send(attack)
    exchange.records = log.records
    return exchange


@pytest.mark.parametrize("attack", BREAKING, ids=named)
def test_stock_view_has_the_violation(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, attack: Attack) -> None:
    assert attack.stock in checks.violations(on_the_stock_view(attack, monkeypatch, settings), method=attack.method)


@pytest.mark.parametrize("attack", SLOWING, ids=named)
def test_stock_view_takes_many_times_as_long(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, attack: Attack
) -> None:
    """The absolute time depends on the machine."""
    ours = checks.send(attack)
    assert on_the_stock_view(attack, monkeypatch, settings).seconds > 10 * ours.seconds


@pytest.mark.parametrize("attack", HANDLED, ids=named)
def test_stock_view_has_no_violation(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, attack: Attack) -> None:
    """Its response may be wrong, but it is not a violation."""
    assert checks.violations(on_the_stock_view(attack, monkeypatch, settings), method=attack.method) == set()


LIMITERS = [lambda: QueryDepthLimiter(max_depth=25), lambda: MaxAliasesLimiter(max_alias_count=50)]


@pytest.mark.parametrize("limiter", LIMITERS, ids=["depth", "aliases"])
def test_strawberry_limiters_expand_every_fragment(limiter: Any) -> None:
    """They expand a fragment each time it is spread, which takes exponential time. Our limits do not."""
    doubling = " ".join(f"fragment F{n} on User {{ ...F{n + 1} ...F{n + 1} }}" for n in range(24))
    document = f"{{ me {{ ...F0 }} }} {doubling} fragment F24 on User {{ id }}"
    schema = strawberry.Schema(
        query=query_type(SLICES), config=StrawberryConfig(scalar_map=SCALARS), extensions=[limiter]
    )
    with pytest.raises(checks.OutOfTime), checks.time_limit(checks.SECONDS):
        schema.execute_sync(document)
    with checks.time_limit(checks.SECONDS), pytest.raises(GraphQLError, match="too complex"):
        limits.check_document(parse(document))
