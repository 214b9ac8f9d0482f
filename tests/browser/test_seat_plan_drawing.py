"""The drawing that `seat_plan.js` updates while staff type is the one that the server draws."""

import re

import pytest
from playwright.sync_api import Browser

from cinema.admin import seat_plans
from cinema.catalog.layouts import Layout, SeatNumbering
from config.environment import BASE_DIR

pytestmark = pytest.mark.xdist_group("browser")

SCRIPT = BASE_DIR / "cinema" / "static" / "cinema" / "admin" / "seat_plan.js"
PLANS = (
    "SSSS_SSSS\nPPPP_PPPP\nWC____SSS",
    "K: SS_SS\nj:(SS)(PP)\n___\n H : PP",
    "(SSS)_(SSS)\n_(PP)_\nS(SS)S",
    "SxS\n(SS\nSS)\n()S\n(S_S)",
    "\n".join(["S"] * 28),
    "1: SS\nß: SS\nA:B: SS\n: SS\nABCDE: SS",
    "😀S s",
)
DRAW = """([text, numbering]) => {
    document.querySelector("select").value = numbering;
    const editor = document.querySelector("textarea");
    editor.value = text;
    editor.dispatchEvent(new Event("input", { bubbles: true }));
    return document.querySelector(".seat-plan").outerHTML;
}"""


def test_plans_are_drawn_as_the_server_draws_them(browser: Browser) -> None:
    page = browser.new_page()
    numberings = "".join(f"<option>{numbering}</option>" for numbering in SeatNumbering)
    editor = f"<textarea></textarea>{seat_plans.draw(Layout(['S']))}"
    form = f'<form><select name="numbering">{numberings}</select><div class="seat-plan-editor">{editor}</div></form>'
    page.set_content(form)
    page.add_script_tag(content=SCRIPT.read_text())
    # The script was added after the page had been loaded.
    page.evaluate("document.dispatchEvent(new Event('DOMContentLoaded'))")

    for numbering in SeatNumbering:
        for text in PLANS:
            drawn = page.evaluate(DRAW, [text, numbering.value])
            assert _parts(drawn) == _parts(str(seat_plans.draw(Layout.from_text(text, numbering)))), (text, numbering)
    page.close()


def _parts(html: str) -> list[str]:
    """The elements and texts, without spaces between them and without empty titles."""
    return [part.strip().replace(' title=""', "") for part in re.split(r"(<[^>]+>)", html) if part.strip()]
