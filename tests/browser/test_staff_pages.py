"""Unfold's templates work under the policy of the staff pages, which does not allow `eval`.

Their expressions are interpreted: see `alpine_expressions.js`. An expression that cannot be interpreted is an error in
the console, which fails the test.
"""

import pytest
from playwright.sync_api import Page, expect

from cinema.catalog import posters
from cinema.management.demo.accounts import DEMO_PASSWORD
from tests.browser.staff_pages import log_in
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

LISTS = ["movie", "theater", "screen", "booking", "user"]


def clicking(page: Page, expression: str) -> None:
    """Click the first visible element that evaluates this expression."""
    page.locator(f'[x-on\\:click*="{expression}"]:visible').first.click()


def test_menus_lists_and_forms(page: Page) -> None:
    log_in(page)
    sidebar, html = page.locator("#nav-sidebar"), page.locator("html")

    # The sidebar and the theme are stored.
    clicking(page, "sidebarDesktopOpen")
    expect(sidebar).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    expect(sidebar).to_be_hidden()
    clicking(page, "sidebarDesktopOpen")
    expect(sidebar).to_be_visible()
    clicking(page, "openUserLinks")
    page.get_by_text("Dark", exact=True).click()
    page.reload()
    expect(html).to_have_class("dark")

    page.goto("/admin/cinema/show/")
    clicking(page, "filterOpen = true")
    expect(page.locator("#changelist-filter-close")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#changelist-filter-close")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("input[name=q]")).to_be_focused()
    page.locator("#result_list tbody input[type=checkbox]").first.check()
    page.locator("select[name=action]").select_option("cancel_selected")
    expect(page.locator("button[name=index]").first).to_be_visible()

    page.goto("/admin/cinema/show/add/")
    clicking(page, "openRelatedWidgetWrapper")
    page.goto("/admin/cinema/movie/add/")
    page.locator(".datetimeshortcuts a").last.click()
    page.locator(".calendarbox td a").first.click()
    expect(page.get_by_label("Release date")).not_to_have_value("")

    for model in LISTS:
        page.goto(f"/admin/cinema/{model}/")
        page.locator("#changelist").wait_for()


def test_a_form_is_sent_once_when_its_button_is_clicked_twice(page: Page) -> None:
    log_in(page)
    page.goto("/admin/cinema/movie/add/")
    page.get_by_label("Title").fill("Twice")
    page.get_by_label("Running time (minutes)").fill("90")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    page.wait_for_url("**/movie/")
    page.goto("/admin/cinema/movie/?q=twice")
    expect(page.get_by_role("link", name="Twice")).to_have_count(1)


def test_a_refused_form_shows_its_first_error_and_a_file_that_is_too_large_is_not_sent(page: Page) -> None:
    log_in(page)
    page.goto("/admin/cinema/movie/add/")
    expect(page.get_by_role("heading", name="Add movie")).to_be_visible()
    # A link to add another movie would discard the entries.
    expect(page.locator(".addlink")).to_be_hidden()
    page.get_by_label("Title").fill("Refused")
    page.get_by_label("Running time (minutes)").fill("-5")
    picture = page.get_by_label("Picture")
    picture.set_input_files({"name": "large.png", "mimeType": "image/png", "buffer": bytes(posters.MAX_BYTES + 1)})
    expect(picture).to_have_value("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Ensure this value is greater than or equal to 1.")).to_be_in_viewport()
    expect(page.get_by_label("Running time (minutes)")).to_be_focused()


def test_a_form_keeps_its_entries_if_the_session_expires(visitor: Visitor) -> None:
    page = visitor.page
    log_in(page)
    page.goto("/admin/cinema/show/add/")
    page.get_by_label("Movie").locator("..").locator(".select2-selection").click()
    page.keyboard.type("inception")
    page.get_by_role("option", name="Inception (2010)").click()
    page.get_by_label("Starts").fill("2020-01-01T10:00")
    page.get_by_label("Language").fill("pt")

    visitor.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your session has expired.")).to_be_visible()
    # In another tab, staff have logged in. The login has changed the token of the form.
    visitor.context.add_cookies([{"name": "csrftoken", "value": "a" * 32, "domain": "127.0.0.1", "path": "/"}])
    visitor.expect_error("status of 403")
    page.get_by_label("Username").fill("staff")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Open the page again").click()
    page.get_by_label("Username").fill("staff")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_text("Your entries are here again")).to_be_visible()
    expect(page.get_by_label("Language")).to_have_value("pt")
    expect(page.get_by_label("Starts")).to_have_value("2020-01-01T10:00")
    expect(page.locator("[name=movie] option:checked")).to_have_text("Inception (2010)")
    # They are restored once.
    page.reload()
    expect(page.get_by_label("Language")).to_have_value("")
    expect(page.get_by_text("Your entries are here again")).to_be_hidden()


def test_the_first_field_is_used_by_keyboard_and_the_sidebar_can_be_skipped(page: Page) -> None:
    log_in(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Day by day").last).to_be_focused()
    # Icons are not a part of names.
    expect(page.get_by_role("link", name="Screens", exact=True)).to_be_visible()

    page.goto("/admin/cinema/show/add/")
    expect(page.locator(".select2-selection").first).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("inception")
    expect(page.get_by_role("option", name="Inception (2010)")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[name=movie] option:checked")).to_have_text("Inception (2010)")


def test_staff_log_out_by_keyboard(page: Page) -> None:
    log_in(page)
    page.get_by_role("button", name="staff@example.com").focus()
    page.keyboard.press("Enter")
    log_out = page.get_by_role("button", name="Log out")
    expect(log_out).to_be_visible()
    log_out.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/login/")


def test_the_sidebar_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    log_in(page)
    clicking(page, "sidebarMobileOpen")
    expect(page.locator("#nav-sidebar")).to_be_visible()
