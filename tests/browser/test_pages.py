"""Pages of the server, the admin login for example, work under their Content-Security-Policy."""

import pytest
from playwright.sync_api import Page, expect

from cinema.management.demo.accounts import DEMO_PASSWORD

pytestmark = pytest.mark.xdist_group("browser")


def test_staff_can_log_in_to_the_admin(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill("staff")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("link", name="Shows", exact=True)).to_be_visible()


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
