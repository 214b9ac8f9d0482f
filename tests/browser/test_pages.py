"""Pages of the server, the admin login for example, work under their Content-Security-Policy."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.staff_pages import log_in

pytestmark = pytest.mark.xdist_group("browser")


def test_staff_can_log_in_to_the_admin(page: Page) -> None:
    log_in(page)

    expect(page.get_by_role("link", name="Shows", exact=True).first).to_be_visible()


def test_a_page_of_the_server_can_call_the_api(page: Page) -> None:
    page.goto("/admin/login/")

    response = page.evaluate(
        """async () => {
            const headers = { "Content-Type": "application/json" };
            const body = JSON.stringify({ query: "{ __typename }" });
            return (await fetch("/graphql", { method: "POST", headers, body })).json();
        }"""
    )
    assert response == {"data": {"__typename": "Query"}}
