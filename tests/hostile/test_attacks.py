"""Every attack of the corpus is answered as it should be, and nothing is stored."""

import pytest

from tests.hostile import judge
from tests.hostile.attack import LOOSE, STRICT, Attack
from tests.hostile.corpus import CORPUS
from tests.stored import nothing_changes


def as_clients_accept_it(attack: Attack) -> list[str]:
    return [LOOSE] if "Accept" in attack.headers else [LOOSE, STRICT]


def named(attack: Attack, accept: str) -> str:
    return f"{attack.name.encode('ascii', 'backslashreplace').decode()[:80]}, {accept.removeprefix('application/')}"


EXCHANGES = [
    pytest.param(attack, accept, id=named(attack, accept))
    for attack in CORPUS
    for accept in as_clients_accept_it(attack)
]


def test_every_attack_has_a_name_of_its_own() -> None:
    names = [attack.name for attack in CORPUS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("attack", "accept"), EXCHANGES)
def test_an_attack_is_answered_and_changes_nothing(
    db: None, caplog: pytest.LogCaptureFixture, attack: Attack, accept: str
) -> None:
    with nothing_changes():
        exchange = judge.send(attack, accept=None if "Accept" in attack.headers else accept)
    exchange.records = caplog.records
    assert judge.crimes(exchange, method=attack.method) == set(), exchange.content[:500]
    assert any(judge.is_right(exchange, right, accept=accept, method=attack.method) for right in attack.right), (
        exchange.status,
        exchange.headers,
        exchange.content[:500],
    )
