"""Love seats, tables and cross aisles on the front page."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.front_page import FrontPage, Staff
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

ROWS = ["SSSS_SSSS", "_________", "(SS)SS_(PPP)P", "SSSS_SSSS"]


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


@pytest.fixture
def show(server: Server) -> dict[str, Any]:
    staff = Staff(server)
    screen, movie = staff.create_screen(*ROWS), staff.create_movie(f"Together {uuid.uuid4().hex[:8]}")
    return {"id": staff.create_show(screen, movie, datetime.now(UTC) + timedelta(days=30))}


def test_a_love_seat_is_selected_and_held_as_a_whole(
    front_page: FrontPage, server: Server, show: dict[str, Any]
) -> None:
    front_page.log_in(server)
    front_page.open(show)
    expect(front_page.seat("C2")).to_have_attribute(
        "aria-label", "Row C seat 2, standard, €10.00, sold together with C1, available"
    )

    front_page.seat("C2").click()
    front_page.seat("C6").focus()
    front_page.page.keyboard.press("Enter")
    assert front_page.states("C1", "C2", "C3", "C5", "C6", "C7", "C8") == [
        *("selected", "selected", "available"),
        *("selected", "selected", "selected", "available"),
    ]
    front_page.seat("C7").click()
    front_page.seat("A1").click()
    front_page.button("Hold 3 seats").click()
    expect(front_page.countdown).to_be_visible()

    assert front_page.states("A1", "C1", "C2", "C5", "C6") == [*["held-by-you"] * 3, *["available"] * 2]


def test_a_cross_aisle_is_a_gap(front_page: FrontPage, show: dict[str, Any]) -> None:
    front_page.open(show)
    top = [front_page.seat(f"{row}4").evaluate("(seat) => seat.getBoundingClientRect().top") for row in "ACD"]

    assert top[1] - top[0] > 1.5 * (top[2] - top[1])
