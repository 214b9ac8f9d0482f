"""
Tests of pages in Chromium, driven by Playwright, against a real server with the demo data.

A module of tests here begins with `pytestmark = pytest.mark.xdist_group("browser")`, so that all of them share one
server and one browser. The fixtures are

- `page`: the Playwright page of one visitor: `page.goto("/")`, `page.get_by_role("button", name="Book").click()`,
  `expect(page.get_by_text("Booked")).to_be_visible()`, with `expect` from `playwright.sync_api`, which waits;
- `visitor`: the visitor of `page`: `visitor.requests`, `visitor.expect_error("status of 400")`, `visitor.context`;
- `visitors`: creates more visitors: `ben = visitors()`, `ben.page.goto("/")`. It takes the options of Playwright's
  `new_context`: `visitors(viewport={"width": 360, "height": 640})`, `visitors(color_scheme="dark")`;
- `server`: calls the API without a browser: `server.post("{ ... }", token, variable=...)`. All tests share the server:
  use any available seat instead of a fixed one, and sign up users with unique names.

At its end, every test fails if a page of its visitors sent a request to another origin (WebSockets included), logged
an error to the console, raised an uncaught exception, or violated its Content-Security-Policy. A test that provokes an
error expects it with `visitor.expect_error`. `assert axe.violations(page) == []`, with `tests.browser.axe`, checks the
accessibility of the current view.

Tests here cannot use Django's ORM: the database belongs to the server.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import machine
from tests.browser import chromium
from tests.browser.visitor import Visitor
from tests.serving import Server

# How long `expect` waits, in milliseconds. A busy machine may need longer than the default.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="package", autouse=True)
def browser() -> Iterator[Browser]:
    """One browser for the tests of this package. It must end with the package: see `chromium.launched`."""
    machine.needs(chromium.missing())
    with chromium.launched() as launched:
        yield launched


@pytest.fixture
def visitors(browser: Browser, server: Server) -> Iterator[Callable[..., Visitor]]:
    """Return a function that creates visitors."""
    created: list[Visitor] = []

    def create_visitor(**options: Any) -> Visitor:
        created.append(Visitor(browser, server.address, **options))
        return created[-1]

    yield create_visitor
    assert [problem for visitor in created for problem in visitor.close()] == []


@pytest.fixture
def visitor(visitors: Callable[..., Visitor]) -> Visitor:
    return visitors()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    return visitor.page
