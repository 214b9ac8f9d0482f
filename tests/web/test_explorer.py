"""The page that a browser gets at the API's address."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from graphql import build_schema, parse, validate
from pytest_django import Settings

from config.environment import BASE_DIR
from schema.root import schema
from tests import machine, situations
from tests.conftest import Answer, Api, global_id
from tests.test_headers import Scripts

pytestmark = pytest.mark.django_db

FOLDER = BASE_DIR / "web" / "explorer"
BUILT = FOLDER / "static"
TABS = {path.stem: path.read_text() for path in (FOLDER / "src" / "tabs").iterdir()}
# An address, with its scheme or without one.
FOREIGN = re.compile(r"""(https?|wss?)://|["'(=]//""")
NOT_INSTALLED = "Its explorer is not installed."


def page() -> str:
    response = Client().get("/graphql", headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return response.content.decode()


@pytest.fixture
def static_files(settings: Settings, tmp_path: Path) -> Path:
    """Where static files are found, and nowhere else. There are none."""
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "files"]
    folder = tmp_path / "files" / "explorer"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def production(settings: Settings, tmp_path: Path) -> None:
    """Static files are served as they have been collected, under names that change with what is in them."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {"staticfiles": {"BACKEND": "config.static_files.StaticFiles"}}


def build(folder: Path) -> None:
    (folder / "main.js").write_text("0")
    (folder / "main.css").write_text("")


def test_the_page_loads_the_explorer_from_here(static_files: Path) -> None:
    build(static_files)
    html = page()
    assert '<script type="module" src="/static/explorer/main.js"></script>' in html
    assert '<link rel="stylesheet" href="/static/explorer/main.css">' in html
    assert NOT_INSTALLED not in html


def test_an_explorer_that_has_not_been_built_says_what_to_do(static_files: Path) -> None:
    html = page()
    assert NOT_INSTALLED in html
    assert "install Node 20 or newer, with npm, and run <code>make run</code> again" in html
    assert "main.js" not in html


def test_in_production_it_is_what_has_been_collected(static_files: Path, production: None) -> None:
    build(static_files)
    assert NOT_INSTALLED in page()
    call_command("collectstatic", interactive=False, verbosity=0)
    assert re.search(r'src="/static/explorer/main\.[0-9a-f]{12}\.js"', page())


def test_what_npm_builds_can_be_collected(settings: Settings, static_files: Path, production: None) -> None:
    built = (BUILT / "explorer" / "main.js").exists()
    machine.needs(None if built else "needs the explorer: Node 20 or newer with npm, and then `make explorer`")
    settings.STATICFILES_DIRS = [BUILT]
    call_command("collectstatic", interactive=False, verbosity=0)
    collected = {path.name for path in (settings.STATIC_ROOT / "explorer").iterdir()}
    # The script asks for these by their plain names.
    assert {"editor.worker.js", "graphql.worker.js", "json.worker.js"} < collected
    assert NOT_INSTALLED not in page()


@pytest.mark.parametrize("is_built", [True, False])
def test_nothing_is_written_into_the_page_that_runs_or_is_elsewhere(static_files: Path, *, is_built: bool) -> None:
    if is_built:
        build(static_files)
    html = page()
    assert Scripts(html).found == []
    assert FOREIGN.findall(html) == []


def test_no_script_of_ours_names_another_origin() -> None:
    sources = [path for path in (FOLDER / "src").rglob("*") if path.is_file()]
    assert len(sources) > len(TABS)
    assert [path.name for path in sources if FOREIGN.search(path.read_text())] == []


@pytest.mark.parametrize("text", ["'//cdn.example/x.js'", "https://cdn.example", "url(//cdn.example)", "ws://a.b/c"])
def test_another_origin_would_be_found(text: str) -> None:
    assert FOREIGN.search(text)


@pytest.mark.parametrize("tab", TABS)
def test_the_document_of_every_tab_is_valid(tab: str) -> None:
    assert validate(build_schema(schema.as_str()), parse(TABS[tab])) == []


def test_the_tabs_run_one_after_the_other(api: Api) -> None:
    show = situations.a_show()
    who = {"username": "guest-1", "email": "guest-1@example.com", "password": "popcorn-and-a-movie"}
    api.token = api(TABS["sign-up"], **who).data["signup"]["accessToken"]
    api.token = api(TABS["log-in"], username="guest-1", password=who["password"]).data["login"]["accessToken"]
    (listed,) = api(TABS["what-is-on"]).data["shows"]["nodes"]
    assert listed["id"] == global_id(show)
    seat = first_seat(api(TABS["seat-map"], showId=listed["id"]))
    assert (seat["label"], seat["status"], seat["mine"]) == ("A1", "AVAILABLE", False)
    booked = api(TABS["book-a-seat"], showId=listed["id"], seat=seat["label"]).data["bookSeat"]
    assert booked["status"] == "CONFIRMED"
    (mine,) = api(TABS["my-bookings"]).data["myBookings"]["nodes"]
    assert (mine["id"], mine["status"]) == (booked["id"], "CONFIRMED")
    cancelled = api(TABS["cancel"], bookingId=mine["id"]).data["cancelBooking"]
    assert cancelled["status"] == "CANCELLED"
    assert first_seat(api(TABS["seat-map"], showId=listed["id"]))["status"] == "AVAILABLE"


def first_seat(answer: Answer) -> Any:
    return answer.data["show"]["seatMap"]["rows"][0]["seats"][0]
