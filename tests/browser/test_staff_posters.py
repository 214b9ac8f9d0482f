"""Staff upload a poster, by keyboard and on a phone, and visitors of the front page see it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import axe
from tests.browser.front_page import SHOWS, FrontPage
from tests.browser.staff_pages import key_of, log_in
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

MOVIE = "query ($id: ID!) { show(id: $id) { movie { id } } }"


def test_an_uploaded_poster_is_on_the_front_page(
    server: Server, visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    # Noise cannot be compressed, so the file is larger than other requests may be.
    Image.effect_noise((1100, 1650), 100).save(tmp_path / "poster.png")
    assert (tmp_path / "poster.png").stat().st_size > 1_200_000
    show = server.post(SHOWS)["data"]["shows"]["nodes"][0]
    movie = server.post(MOVIE, id=show["id"])["data"]["show"]["movie"]
    staff = visitors(viewport={"width": 360, "height": 740}, is_mobile=True, color_scheme="dark").page
    log_in(staff)
    address = f"/admin/cinema/movie/{key_of(movie['id'])}/change/"
    staff.goto(address)

    staff.get_by_label("Picture", exact=True).set_input_files(tmp_path / "poster.png")
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(staff.get_by_text("was changed successfully")).to_be_visible()
    staff.goto(address)
    expect(staff.get_by_role("img", name="Current poster")).to_be_visible()
    # Select2, with which Django's admin searches for genres, has violations of its own.
    assert [found for found in axe.violations(staff) if "select2" not in found] == []

    front_page = FrontPage(visitors().page)
    front_page.open(show)
    front_page.page.wait_for_function("document.querySelector('.poster img')?.naturalWidth > 0")
    shown = front_page.page.locator(".poster img").first.evaluate("(image) => image.currentSrc")
    assert "/media/posters/" in shown
