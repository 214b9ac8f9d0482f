"""
Pages as people use them: a real server on the demonstration program, and Chromium, driven by Playwright.

A module of tests here begins with `pytestmark = pytest.mark.xdist_group("browser")`, so that one server and one browser
do for all. A test takes

- `page`, Playwright's own, of one visitor: `page.goto("/")`, `page.get_by_role("button", name="Book").click()`,
  `expect(page.get_by_text("Booked")).to_be_visible()`, with `expect` from `playwright.sync_api`, which waits;
- `visitor`, whose page that is: `visitor.requests`, `visitor.expect_error("status of 400")`, `visitor.context`;
- `visitors`, for another buyer: `ben = visitors()`, `ben.page.goto("/")`. Options are those of Playwright's
  `new_context`: `visitors(viewport={"width": 360, "height": 640})`, `visitors(color_scheme="dark")`;
- `server`, to ask the API past the browser: `server.post("{ ... }", token, variable=...)`. Everybody books at the same
  server: take a seat that is free, not a certain one, and sign up users whom no other test has.

When a test is over, whatever it was about, it fails if any page of its visitors asked anything of another origin, a
WebSocket included, wrote an error to the console, raised what nobody caught, or violated its policy. An error that the
test provokes has to be expected: `visitor.expect_error`. Whether everybody can use what a page shows:
`assert axe.violations(page) == []`, with `tests.browser.axe`.

Nothing here may use Django's ORM: the database is the server's.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import machine
from tests.browser import chromium
from tests.browser.visitor import Visitor
from tests.serving import Server

# Of `expect`: what a page shows at once can take a busy machine a while.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="package", autouse=True)
def browser() -> Iterator[Browser]:
    """One for all tests here, and no longer: see `chromium.launched`."""
    machine.needs(chromium.missing())
    with chromium.launched() as launched:
        yield launched


@pytest.fixture
def visitors(browser: Browser, server: Server) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; see above."""
    made: list[Visitor] = []

    def visitor(**options: Any) -> Visitor:
        made.append(Visitor(browser, server.address, **options))
        return made[-1]

    yield visitor
    assert [fault for each in made for fault in each.leave()] == []


@pytest.fixture
def visitor(visitors: Callable[..., Visitor]) -> Visitor:
    return visitors()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    return visitor.page
