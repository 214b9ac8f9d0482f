"""Every attack of the corpus gets a correct response and changes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.hostile import checks
from tests.hostile.attack import GRAPHQL_MEDIA_TYPE, JSON_MEDIA_TYPE, Attack
from tests.hostile.corpus import CORPUS
from tests.stored import nothing_changes


def accepted_types(attack: Attack) -> list[str]:
    return [JSON_MEDIA_TYPE] if "Accept" in attack.headers else [JSON_MEDIA_TYPE, GRAPHQL_MEDIA_TYPE]


def named(attack: Attack, accept: str) -> str:
    return f"{attack.name.encode('ascii', 'backslashreplace').decode()[:80]}, {accept.removeprefix('application/')}"


def exchanges() -> Iterator[Any]:
    """Every attack with every media type. `make test` sends each attack once, with the media types in turn."""
    for number, attack in enumerate(CORPUS):
        accepted = accepted_types(attack)
        for accept in accepted:
            marks = [] if accept == accepted[number % len(accepted)] else [pytest.mark.deep]
            yield pytest.param(attack, accept, id=named(attack, accept), marks=marks)


def test_names_are_unique() -> None:
    names = [attack.name for attack in CORPUS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("attack", "accept"), list(exchanges()))
def test_attack_gets_a_correct_response_and_changes_nothing(
    db: None, caplog: pytest.LogCaptureFixture, attack: Attack, accept: str
) -> None:
    with nothing_changes():
        exchange = checks.send(attack, accept=None if "Accept" in attack.headers else accept)
    exchange.records = caplog.records
    assert checks.violations(exchange, method=attack.method) == set(), exchange.content[:500]
    assert any(checks.matches(exchange, outcome, accept=accept, method=attack.method) for outcome in attack.outcomes), (
        exchange.status,
        exchange.headers,
        exchange.content[:500],
    )
