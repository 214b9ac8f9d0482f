"""The account page, the dialog for a forgotten password, and the pages that links in emails lead to."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import axe
from tests.browser.front_page import PASSWORD, WHATS_ON, FrontPage, new_session, respond
from tests.browser.visitor import Visitor
from tests.serving import Server, mailed_token

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

NEW_PASSWORD = "two-seats-in-the-first-row"
ME = "{ me { username email emailVerified newEmail } }"
LOG_IN = "mutation ($input: LoginInput!) { login(input: $input) { __typename } }"
THROTTLED = {"__typename": "TooManyAttempts", "message": "Too many attempts. Please try again in 60 seconds."}
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
CONTEXTS = [
    pytest.param({}, id="light", marks=pytest.mark.deep),
    pytest.param({"color_scheme": "dark", **PHONE}, id="dark phone"),
]


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def log_in_type(server: Server, username: str, password: str) -> str:
    return str(server.post(LOG_IN, input={"username": username, "password": password})["data"]["login"]["__typename"])


def test_the_link_in_an_email_verifies_the_address(front_page: FrontPage, server: Server) -> None:
    page, session = front_page.page, new_session(server)
    email = f"{session['user']['username']}@example.com"
    token = mailed_token(server.log, email, "verify-email")
    page.goto(f"/verify-email?token={token}")
    front_page.button("Verify email address").press("Enter")
    heading(page, "Your email address is verified")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert token not in page.url
    assert server.post(ME, session["accessToken"])["data"]["me"]["emailVerified"]
    page.reload()
    heading(page, "Your email address is verified")

    # The link works once.
    page.goto(f"/verify-email#token={token}")
    front_page.button("Verify email address").click()
    heading(page, "This link is no longer valid")
    front_page.button("Log in to get a new link").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Username").fill(email)
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Your email address is verified")
    expect(page.get_by_text(email)).to_be_visible()


def test_a_forgotten_password_is_reset_with_the_keyboard(front_page: FrontPage, server: Server) -> None:
    page, username = front_page.page, new_session(server)["user"]["username"]
    page.goto("/")
    for email in (f"{uuid.uuid4().hex}@example.com", f"{username}@example.com"):
        front_page.button("Log in").press("Enter")
        front_page.button("Forgot your password?").press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Email address").fill(email)
        page.keyboard.press("Enter")
        expect(dialog).to_contain_text(f"If an account has the address {email}, we\u2019ve sent a link to it.")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)

    token = mailed_token(server.log, email, "reset-password")
    page.goto(f"/reset-password?token={token}")
    field = page.get_by_label("New password")
    field.fill("short")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field .problem")).to_contain_text("too short")
    # The token is not in the address, but a reload keeps it.
    assert token not in page.url
    page.reload()
    field.fill(NEW_PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Your password has been changed")
    expect(front_page.button("Log out")).to_be_visible()
    assert log_in_type(server, username, PASSWORD) == "InvalidCredentials"
    page.get_by_role("link", name="Go to your account").click()
    heading(page, "Your account")
    page.go_back()
    heading(page, "Your password has been changed")

    page.goto(f"/reset-password?token={token}")
    field.fill(PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "This link is no longer valid")
    expect(front_page.button("Send a link")).to_be_visible()
    assert log_in_type(server, username, NEW_PASSWORD) == "Session"


@pytest.mark.parametrize(
    ("button", "operation"),
    [("Log out", "LogOut"), ("Log out everywhere", "LogOut"), ("Download my data", "ExportMe")],
)
def test_a_button_ignores_clicks_while_it_waits_for_a_response(
    front_page: FrontPage, server: Server, button: str, operation: str
) -> None:
    front_page.log_in(server)
    front_page.page.goto("/#/account")
    waiting: list[Route] = []
    requests = front_page.intercept(operation, waiting.append)
    front_page.button(button).click()
    expect(front_page.button(button)).to_have_attribute("aria-disabled", "true")
    front_page.button(button).dispatch_event("click")
    assert front_page.run_pending_tasks()
    assert len(requests) == 1
    waiting[0].fallback()
    expect(front_page.page.locator('[aria-disabled="true"]')).to_have_count(0)


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (respond({"resetPassword": THROTTLED}), THROTTLED["message"]),
        (lambda route: route.abort(), "We can\u2019t reach the server right now."),
    ],
    ids=["throttled", "offline"],
)
def test_a_new_password_can_be_sent_again(
    front_page: FrontPage, visitor: Visitor, handler: Callable[[Route], None], message: str
) -> None:
    page = front_page.page
    if message != THROTTLED["message"]:
        visitor.expect_error("ERR_FAILED")
    inputs = front_page.intercept("ResetPassword", handler, respond({"resetPassword": THROTTLED}))
    page.goto("/reset-password?token=1.a-b")
    page.get_by_label("New password").fill(NEW_PASSWORD)
    front_page.button("Set password").click()
    expect(page.get_by_role("alert")).to_have_text(message)
    front_page.button("Set password").click()
    expect(page.get_by_role("alert")).to_have_text(THROTTLED["message"])
    assert inputs == [{"token": "1.a-b", "newPassword": NEW_PASSWORD}] * 2


def test_the_account_page_changes_the_email_address_and_the_password(front_page: FrontPage, server: Server) -> None:
    page, buyer = front_page.page, front_page.log_in(server)
    page.locator("a.username").click()
    heading(page, "Your account")
    expect(page.get_by_text("Not verified")).to_be_visible()

    email = f"{uuid.uuid4().hex}@example.com"
    section = page.get_by_role("region", name="Email address")
    section.get_by_text("Change email address").first.click()
    section.get_by_label("New email address").fill(email)
    section.get_by_label("Current password").fill("wrong")
    front_page.button("Change email address").click()
    expect(section.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    assert server.post(ME, buyer.token)["data"]["me"]["newEmail"] is None
    section.get_by_label("Current password").fill(PASSWORD)
    front_page.button("Change email address").click()
    expect(section).to_contain_text(f"We\u2019ve sent a link to {email}.")
    first = mailed_token(server.log, email, "verify-email")
    page.reload()
    front_page.button("Send a verification link").click()
    expect(section).to_contain_text(f"We\u2019ve sent a new link to {email}.")
    page.goto(f"/verify-email?token={first}")
    front_page.button("Verify email address").click()
    page.get_by_role("link", name="Go to your account").click()
    expect(section).to_contain_text(f"{email} Verified")

    section = page.get_by_role("region", name="Password")
    section.get_by_text("Change password").first.click()
    section.get_by_label("Current password").fill(PASSWORD)
    section.get_by_label("New password").fill(NEW_PASSWORD)
    front_page.button("Change password").click()
    expect(section).to_contain_text("Your password has been changed.")
    assert log_in_type(server, email, NEW_PASSWORD) == "Session"
    # The session of the page continues.
    page.reload()
    expect(section).to_be_visible()


def test_the_account_page_exports_and_deletes_the_account(front_page: FrontPage, server: Server) -> None:
    page, buyer = front_page.page, front_page.log_in(server)
    username = server.post(ME, buyer.token)["data"]["me"]["username"]
    page.goto("/#/account")
    with page.expect_download() as download:
        front_page.button("Download my data").click()
    assert json.loads(download.value.path().read_text())["account"]["username"] == username
    front_page.button("Delete my account").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Current password").fill("wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    assert log_in_type(server, username, PASSWORD) == "Session"
    dialog.get_by_label("Current password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_text("Your account has been deleted.")).to_be_visible()
    heading(page, WHATS_ON)
    assert page.url.endswith("#/")
    assert log_in_type(server, username, PASSWORD) == "InvalidCredentials"


def test_log_out_everywhere_ends_other_sessions(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    front_page.page.goto("/#/account")
    front_page.button("Log out everywhere").click()
    expect(front_page.page.locator("main").get_by_text("You are logged out everywhere.")).to_be_visible()
    heading(front_page.page, WHATS_ON)
    assert server.post(ME, buyer.token)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("context", CONTEXTS)
def test_axe_finds_no_serious_violation(
    visitors: Callable[..., Visitor], server: Server, context: dict[str, Any]
) -> None:
    front_page = FrontPage(visitors(reduced_motion="reduce", **context).page)
    page = front_page.page
    assert page.viewport_size
    width = page.viewport_size["width"]
    found: dict[str, Any] = {}

    def check(view: str) -> None:
        found[view] = (axe.violations(page), page.evaluate("document.documentElement.scrollWidth"))

    page.goto("/verify-email?token=1.a-b")
    expect(front_page.button("Verify email address")).to_be_visible()
    check("verify")
    front_page.button("Verify email address").click()
    heading(page, "This link is no longer valid")
    check("invalid link")
    page.goto("/reset-password?token=1.a-b")
    expect(page.get_by_label("New password")).to_be_visible()
    check("new password")
    front_page.button("Log in").click()
    front_page.button("Forgot your password?").click()
    expect(page.get_by_role("dialog").get_by_label("Email address")).to_be_visible()
    check("forgotten password")
    front_page.log_in(server)
    page.goto("/#/account")
    page.get_by_text("Change password").first.click()
    page.get_by_text("Change email address").first.click()
    check("account")
    front_page.button("Delete my account").click()
    check("delete dialog")
    assert found == {view: ([], width) for view in found}
    assert len(found) == 6


@pytest.mark.deep
def test_a_new_result_on_the_account_page_replaces_the_last_one(
    front_page: FrontPage, visitor: Visitor, server: Server
) -> None:
    visitor.expect_error("ERR_FAILED")
    page = front_page.page
    front_page.log_in(server)
    page.goto("/#/account")
    section = page.get_by_role("region", name="Personal data")
    front_page.intercept("ExportMe", lambda route: route.abort())
    front_page.button("Download my data").click()
    expect(section.get_by_role("alert")).to_have_text("We can\u2019t reach the server right now.")
    for _ in range(2):
        with page.expect_download():
            front_page.button("Download my data").click()
        expect(section.get_by_text("Your data has been downloaded.")).to_have_count(1)
        expect(section.get_by_role("alert")).to_have_count(0)


@pytest.mark.deep
def test_the_name_that_was_typed_to_log_in_is_kept_in_the_next_dialog(front_page: FrontPage) -> None:
    page = front_page.page
    page.goto("/")
    dialog = page.get_by_role("dialog")
    username, email = dialog.get_by_label("Username"), dialog.get_by_label("Email address", exact=True)
    front_page.button("Log in").click()
    username.fill("ana@example.com")
    front_page.button("Forgot your password?").click()
    expect(email).to_have_value("ana@example.com")
    expect(email).to_be_focused()
    page.keyboard.press("Escape")

    front_page.button("Log in").click()
    expect(username).to_have_value("")
    username.fill("ana@example.com")
    dialog.get_by_role("button", name="Sign up").click()
    expect(email).to_have_value("ana@example.com")
    expect(username).to_be_focused()
    dialog.get_by_role("button", name="Log in").click()
    expect(username).to_have_value("ana@example.com")
    username.fill("ana")
    dialog.get_by_role("button", name="Sign up").click()
    expect(username).to_have_value("ana")
    expect(email).to_have_value("")
    expect(email).to_be_focused()


@pytest.mark.deep
def test_the_account_page_shows_that_the_address_was_verified_in_another_tab(
    front_page: FrontPage, visitor: Visitor, server: Server
) -> None:
    page, buyer = front_page.page, front_page.log_in(server)
    email = server.post(ME, buyer.token)["data"]["me"]["email"]
    section = page.get_by_role("region", name="Email address")
    page.goto("/#/account")
    expect(section).to_contain_text(f"{email} Not verified")
    section.get_by_text("Change email address").first.click()
    section.get_by_label("New email address").fill("someone@example.com")
    verify_in_another_tab(visitor, mailed_token(server.log, email, "verify-email"))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(section).to_contain_text(f"{email} Verified")
    expect(front_page.button("Send a verification link")).to_have_count(0)
    expect(section.get_by_label("New email address")).to_have_value("someone@example.com")


@pytest.mark.deep
@pytest.mark.parametrize("path", ["/#/account", "/verify-email"])
def test_no_link_is_offered_for_an_address_that_is_already_verified(
    front_page: FrontPage, visitor: Visitor, server: Server, path: str
) -> None:
    page, buyer = front_page.page, front_page.log_in(server)
    email = server.post(ME, buyer.token)["data"]["me"]["email"]
    page.goto(path)
    expect(front_page.button("Send a verification link")).to_be_visible()
    verify_in_another_tab(visitor, mailed_token(server.log, email, "verify-email"))
    front_page.button("Send a verification link").press("Enter")
    expect(front_page.button("Send a verification link")).to_have_count(0)
    expect(page.get_by_text("not verified")).to_have_count(0)
    expect(page.locator("main")).to_contain_text(email)
    expect(page.locator("main :focus")).to_have_count(1)


def verify_in_another_tab(visitor: Visitor, token: str) -> None:
    tab = visitor.context.new_page()
    tab.goto(f"/verify-email?token={token}")
    FrontPage(tab).button("Verify email address").click()
    heading(tab, "Your email address is verified")
    tab.close()
