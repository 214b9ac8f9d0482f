"""160 buyers request seats of one show at the same time, and let the server choose: 200 seats, several processes."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.proof import fixtures
from tests.proof.fixtures import Actor, Fixtures, ShowFixture
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("server")

BUYERS = 160
ROWS = ["SSSSS_SSSSS"] * 20
SEATS = 200
# A busy server refuses requests, which buyers then repeat.
MAX_ATTEMPTS = 20

HOLD = """
mutation ($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    __typename
    ... on Booking { tickets { seat } }
    ... on NotEnoughSeats { requested available }
    ... on Busy { retryAfterMs }
  }
}
"""
LEFT = "query ($id: ID!) { show(id: $id) { seatsAvailable } }"


@pytest.fixture(scope="module")
def shows_and_buyers(server: Server, environment: dict[str, str]) -> Fixtures:
    """A show for each test, and the same buyers for both tests."""
    return fixtures.create(environment, users=BUYERS, shows=2, rows=ROWS)


def hold_seats(server: Server, show: ShowFixture, buyers: list[Actor], counts: Iterable[int]) -> list[dict[str, Any]]:
    """The response to each buyer when all of them request `counts` seats at the same time, adjacent or not."""

    def buy(buyer: Actor, count: int) -> dict[str, Any]:
        selection = {"bestAvailable": {"count": count, "together": False}}
        for _ in range(MAX_ATTEMPTS):
            response = server.post(HOLD, buyer.token, input={"showId": show.global_id, "selection": selection})
            result: dict[str, Any] = response["data"]["holdSeats"]
            if result["__typename"] != "Busy":
                break
            time.sleep(result["retryAfterMs"] / 1000)
        return result

    with ThreadPoolExecutor(BUYERS) as pool:
        return list(pool.map(buy, buyers, counts))


def seats_of(results: list[dict[str, Any]]) -> list[str]:
    return [ticket["seat"] for result in results for ticket in result.get("tickets", [])]


def left(server: Server, show: ShowFixture) -> int:
    return int(server.post(LEFT, id=show.global_id)["data"]["show"]["seatsAvailable"])


def test_with_enough_seats_no_buyer_is_refused(server: Server, shows_and_buyers: Fixtures) -> None:
    show, _ = shows_and_buyers.shows
    results = hold_seats(server, show, shows_and_buyers.users, [1] * BUYERS)

    assert {result["__typename"] for result in results} == {"Booking"}
    assert len(set(seats_of(results))) == len(seats_of(results)) == BUYERS
    assert left(server, show) == SEATS - BUYERS


@pytest.mark.deep
def test_with_too_few_seats_the_show_is_sold_out(server: Server, shows_and_buyers: Fixtures) -> None:
    """Requests for 2 and 3 seats, 400 in total. A request is refused only if fewer seats are left."""
    _, show = shows_and_buyers.shows
    results = hold_seats(server, show, shows_and_buyers.users, [2, 3] * (BUYERS // 2))

    refused = [result for result in results if result["__typename"] == "NotEnoughSeats"]
    assert {result["__typename"] for result in results} == {"Booking", "NotEnoughSeats"}
    assert all(result["available"] < result["requested"] for result in refused)
    assert len(set(seats_of(results))) == len(seats_of(results)) == SEATS - left(server, show)
    # One seat can be left, because no buyer requests a single seat.
    assert left(server, show) <= 1
