"""The staff pages at `/admin/`, driven through a browser."""

from base64 import b64decode

from playwright.sync_api import Page

from cinema.management.demo.accounts import DEMO_PASSWORD


def log_in(page: Page) -> None:
    """Log in with the demo account for staff."""
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("staff")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")


def key_of(global_id: str) -> str:
    """The key of an object with this ID of the API, which is in the addresses of staff pages."""
    return b64decode(global_id).decode().partition(":")[2]
