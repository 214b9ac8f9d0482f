"""Everybody wants into one show, and lets the server choose: 160 buyers, 200 seats, several processes."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.proof import fixtures
from tests.proof.fixtures import Actor, Fixtures, ShowFixture
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("server")

BUYERS = 160
HOUSE = ["SSSSS_SSSSS"] * 20
SEATS = 200

HOLD = """
mutation ($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    __typename
    ... on Booking { tickets { seat } }
    ... on NotEnoughSeats { requested available }
  }
}
"""
LEFT = "query ($id: ID!) { show(id: $id) { seatsAvailable } }"


@pytest.fixture(scope="module")
def staged(server: Server, environment: dict[str, str]) -> Fixtures:
    """A show for each test, and the same buyers for both."""
    return fixtures.create(environment, users=BUYERS, shows=2, rows=HOUSE)


def told(server: Server, show: ShowFixture, buyers: list[Actor], counts: Iterable[int]) -> list[dict[str, Any]]:
    """What each buyer is told who wants so many seats, next to each other or not; all of them ask at once."""

    def buy(buyer: Actor, count: int) -> dict[str, Any]:
        wish = {"bestAvailable": {"count": count, "together": False}}
        answer = server.post(HOLD, buyer.token, input={"showId": show.global_id, "selection": wish})
        return dict(answer["data"]["holdSeats"])

    with ThreadPoolExecutor(BUYERS) as pool:
        return list(pool.map(buy, buyers, counts))


def seats_of(answers: list[dict[str, Any]]) -> list[str]:
    return [ticket["seat"] for answer in answers for ticket in answer.get("tickets", [])]


def left(server: Server, show: ShowFixture) -> int:
    return int(server.post(LEFT, id=show.global_id)["data"]["show"]["seatsAvailable"])


def test_while_there_are_enough_nobody_is_refused(server: Server, staged: Fixtures) -> None:
    show, _ = staged.shows
    answers = told(server, show, staged.users, [1] * BUYERS)

    assert {answer["__typename"] for answer in answers} == {"Booking"}
    assert len(set(seats_of(answers))) == len(seats_of(answers)) == BUYERS
    assert left(server, show) == SEATS - BUYERS


def test_when_more_are_wanted_the_house_is_sold_to_the_last_seat(server: Server, staged: Fixtures) -> None:
    """Twos and threes, 400 seats in all: some are refused, but only when fewer are left than they want."""
    _, show = staged.shows
    answers = told(server, show, staged.users, [2, 3] * (BUYERS // 2))

    refused = [answer for answer in answers if answer["__typename"] == "NotEnoughSeats"]
    assert {answer["__typename"] for answer in answers} == {"Booking", "NotEnoughSeats"}
    assert all(answer["available"] < answer["requested"] for answer in refused)
    assert len(set(seats_of(answers))) == len(seats_of(answers)) == SEATS - left(server, show)
    # One seat may be left that nobody wanted alone.
    assert left(server, show) <= 1
