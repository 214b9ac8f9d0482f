"""Unfold's templates work under the policy of the staff pages, which does not allow `eval`.

Their expressions are interpreted: see `alpine_expressions.js`. An expression that cannot be interpreted is an error in
the console, which fails the test.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cinema.catalog import posters
from cinema.management.demo.accounts import DEMO_PASSWORD
from tests.browser.front_page import SIGN_UP, Buyer, Staff, next_show
from tests.browser.staff_pages import key_of, log_in
from tests.browser.visitor import Visitor
from tests.serving import Server

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


def test_staff_are_told_that_an_action_was_not_done_because_the_session_has_expired(
    visitor: Visitor, server: Server
) -> None:
    page = visitor.page
    log_in(page)
    page.goto(f"/admin/cinema/show/{key_of(next_show(server)['id'])}/seats/")
    page.locator("input[data-state=available]").last.check()

    visitor.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_text("Your session has expired. Nothing was changed.")).to_be_visible()
    page.get_by_label("Username").fill("staff")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()

    notice = page.get_by_text("Your session had expired, so nothing was changed.")
    expect(notice).to_be_visible()
    expect(page.locator("input[data-state=available]").last).not_to_be_checked()
    page.reload()
    expect(notice).to_be_hidden()


def test_a_preview_is_kept_if_the_session_expires(visitor: Visitor, server: Server) -> None:
    page = visitor.page
    log_in(page)
    page.goto(f"/admin/cinema/show/{key_of(next_show(server)['id'])}/repeat/")
    # Other tests do not use this day.
    day = (datetime.now(UTC).date() + timedelta(days=600)).isoformat()
    for label in ("From", "Until"):
        page.get_by_label(label).fill(day)
    page.get_by_role("button", name="Preview").click()

    visitor.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Add 1 show").click()
    page.get_by_label("Username").fill("staff")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_label("Until")).to_have_value(day)
    page.get_by_role("button", name="Add 1 show").click()
    expect(page.get_by_text("Added 1 show.")).to_be_visible()


def test_a_refused_picture_does_not_move_the_focus_to_the_box_that_removes_the_stored_one(
    page: Page, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "damaged.png").write_bytes(b"not a picture")
    Image.new("RGB", (300, 450)).save(tmp_path / "poster.png")
    address = f"/admin/cinema/movie/{key_of(Staff(server).create_movie('With a picture'))}/change/"
    log_in(page)
    for name in ("poster.png", "damaged.png"):
        page.goto(address)
        page.get_by_label("Picture", exact=True).set_input_files(tmp_path / name)
        page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("This file is not a JPEG, PNG or WebP picture")).to_be_visible()
    expect(page.get_by_label("Picture", exact=True)).to_be_focused()
    expect(page.get_by_label("Remove this picture")).not_to_be_focused()


def test_a_browser_in_another_time_zone_causes_no_warning(visitors: Callable[..., Visitor]) -> None:
    page = visitors(timezone_id="America/New_York").page
    log_in(page)
    for path in ("movie/add/", "theater/add/"):
        page.goto(f"/admin/cinema/{path}")
        expect(page.locator(".datetimeshortcuts")).to_be_visible()
        expect(page.get_by_text("server time")).to_be_hidden()


def test_labels_and_long_values_of_a_history_are_apart_on_a_phone(
    server: Server, visitors: Callable[..., Visitor]
) -> None:
    page = visitors(viewport={"width": 360, "height": 740}, is_mobile=True).page
    log_in(page)
    address = f"/admin/cinema/movie/{key_of(Staff(server).create_movie('With a history'))}"
    page.goto(f"{address}/change/")
    page.get_by_label("Synopsis").fill("A synopsis.")
    page.get_by_label("Cast").fill("Ana Silva")
    page.get_by_label("Trailer URL").fill("https://example.com/trailer")
    page.get_by_label("Age rating").fill("PG")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{address}/history/")
    cell = page.locator("td[data-label=Action]").last
    expect(cell).to_be_visible()
    assert float(cell.evaluate("(cell) => parseFloat(getComputedStyle(cell).columnGap) || 0")) > 0


def test_long_names_and_email_addresses_fit_in_lists(server: Server, visitors: Callable[..., Visitor]) -> None:
    # As long as a username can be.
    name = f"{'w' * 42}{uuid4().hex[:8]}"
    account = {"username": name, "email": f"{name}@{'b' * 60}.example.com", "password": DEMO_PASSWORD}
    page = visitors(viewport={"width": 1280, "height": 800}).page
    log_in(page)
    show = next_show(server)
    page.goto(f"/admin/cinema/show/{key_of(show['id'])}/seats/")
    # A buyer can book it alone: it is no part of a love seat, and not reserved.
    seats = page.locator(".auditorium-seat.standard input[data-state=available]:not([data-unit])")
    seat = seats.last.get_attribute("data-label") or ""
    Buyer(server, server.post(SIGN_UP, input=account)["data"]["signup"]).book(show, seat)
    for path in ("booking/", "ticketevent/", "user/"):
        page.goto(f"/admin/cinema/{path}")
        wrapper = page.locator(".simplebar-content-wrapper", has=page.locator("#result_list"))
        expect(page.locator("#result_list")).to_be_visible()
        assert wrapper.evaluate("(list) => list.scrollWidth <= list.clientWidth"), path
        expect(page.get_by_text(name).first).to_be_visible()


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
    # Before the result of the search, the list has every movie, and Enter selects the first one.
    expect(page.locator(".select2-results").get_by_role("option")).to_have_text(["Inception (2010)"])
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
