"""The control: the same attacks on Strawberry's own view. What is said to break it does, and the judge sees it."""

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
from tests.hostile import judge, stock
from tests.hostile.attack import Attack, Crime
from tests.hostile.corpus import CORPUS

# Time can be up in the middle of a callback of the garbage collector, which has nobody to raise it to.
pytestmark = [pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"), pytest.mark.deep]


def named(attack: Attack) -> str:
    return attack.name.encode("ascii", "backslashreplace").decode()[:80]


BREAKING = [attack for attack in CORPUS if attack.stock not in {None, Crime.SLOW}]
SLOWING = [attack for attack in CORPUS if attack.stock is Crime.SLOW]
SURVIVED = [attack for attack in CORPUS if attack.stock is None]


class Kept(logging.Handler):
    """Keeps what is logged to itself: xdist fails at half a surrogate pair that pytest would hand it."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        # As every handler does, which is a large part of the time.
        self.format(record)
        self.records.append(record)


def on_the_stock_view(attack: Attack, monkeypatch: pytest.MonkeyPatch, settings: Any) -> judge.Exchange:
    log = Kept()
    monkeypatch.setattr(logging.getLogger(), "handlers", [log])
    settings.ROOT_URLCONF = stock.__name__
    settings.MIDDLEWARE = stock.MIDDLEWARE
    exchange = judge.send(attack)
    exchange.records = log.records
    return exchange


@pytest.mark.parametrize("attack", BREAKING, ids=named)
def test_the_stock_view_is_condemned(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, attack: Attack) -> None:
    assert attack.stock in judge.crimes(on_the_stock_view(attack, monkeypatch, settings), method=attack.method)


@pytest.mark.parametrize("attack", SLOWING, ids=named)
def test_the_stock_view_works_many_times_as_long(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, attack: Attack
) -> None:
    """Whether that is two seconds depends on the machine."""
    ours = judge.send(attack)
    assert on_the_stock_view(attack, monkeypatch, settings).seconds > 10 * ours.seconds


@pytest.mark.parametrize("attack", SURVIVED, ids=named)
def test_the_stock_view_survives(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, attack: Attack) -> None:
    """What it answers may be wrong; it is not one of the things that no answer may be."""
    assert judge.crimes(on_the_stock_view(attack, monkeypatch, settings), method=attack.method) == set()


LIMITERS = [lambda: QueryDepthLimiter(max_depth=25), lambda: MaxAliasesLimiter(max_alias_count=50)]


@pytest.mark.parametrize("limiter", LIMITERS, ids=["depth", "aliases"])
def test_the_limiters_of_strawberry_take_longer_than_what_they_limit(limiter: Any) -> None:
    """They expand fragments, each time they are spread. Ours count the same document in no time."""
    doubling = " ".join(f"fragment F{n} on User {{ ...F{n + 1} ...F{n + 1} }}" for n in range(24))
    document = f"{{ me {{ ...F0 }} }} {doubling} fragment F24 on User {{ id }}"
    schema = strawberry.Schema(
        query=query_type(SLICES), config=StrawberryConfig(scalar_map=SCALARS), extensions=[limiter]
    )
    with pytest.raises(judge.TimeIsUp), judge.at_most(judge.SECONDS):
        schema.execute_sync(document)
    with judge.at_most(judge.SECONDS), pytest.raises(GraphQLError, match="too complex"):
        limits.check_document(parse(document))
