"""The page that browsers get at the URL of the API, and the documents of its tabs."""

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
from tests.conftest import Api, ApiResponse, global_id
from tests.test_headers import Scripts

pytestmark = pytest.mark.django_db

FOLDER = BASE_DIR / "web" / "explorer"
BUILT = FOLDER / "static"
TABS = {path.stem: path.read_text() for path in (FOLDER / "src" / "tabs").iterdir()}
# A URL with an origin, with or without a scheme.
FOREIGN = re.compile(r"""(https?|wss?)://|["'(=]//""")
NOT_INSTALLED = "its explorer is not installed"


def page() -> str:
    response = Client().get("/graphql", headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return response.content.decode()


@pytest.fixture
def static_files(settings: Settings, tmp_path: Path) -> Path:
    """Replace all static files with an empty folder, and return its subfolder for the explorer."""
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "files"]
    folder = tmp_path / "files" / "explorer"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def production(settings: Settings, tmp_path: Path) -> None:
    """Serve collected static files, whose names contain a hash of their content."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {"staticfiles": {"BACKEND": "config.static_files.StaticFiles"}}
    # Compressing takes most of the time, and these tests do not read compressed files.
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["js", "css", "svg", "map", "json", "txt", "ttf"]


def build(folder: Path) -> None:
    (folder / "main.js").write_text("0")
    (folder / "main.css").write_text("")


def test_the_page_loads_the_explorer_from_this_server(static_files: Path) -> None:
    build(static_files)
    html = page()
    assert '<script type="module" src="/static/explorer/main.js"></script>' in html
    assert '<link rel="stylesheet" href="/static/explorer/main.css">' in html
    assert NOT_INSTALLED not in html


def test_without_a_built_explorer_the_page_explains_how_to_build_it(static_files: Path) -> None:
    html = page()
    assert NOT_INSTALLED in html
    assert "install Node 20 or newer with npm, then run <code>make run</code> again" in html
    assert "main.js" not in html


def test_in_production_the_page_loads_the_collected_files(static_files: Path, production: None) -> None:
    build(static_files)
    assert NOT_INSTALLED in page()
    call_command("collectstatic", interactive=False, verbosity=0)
    assert re.search(r'src="/static/explorer/main\.[0-9a-f]{12}\.js"', page())


def test_the_files_that_npm_builds_can_be_collected(settings: Settings, static_files: Path, production: None) -> None:
    is_built = (BUILT / "explorer" / "main.js").exists()
    machine.needs(None if is_built else "needs the explorer: Node 20 or newer with npm, and then `make explorer`")
    settings.STATICFILES_DIRS = [BUILT]
    call_command("collectstatic", interactive=False, verbosity=0)
    collected = {path.name for path in (settings.STATIC_ROOT / "explorer").iterdir()}
    # The script loads the workers by their names without a hash.
    assert {"editor.worker.js", "graphql.worker.js", "json.worker.js"} < collected
    assert NOT_INSTALLED not in page()


@pytest.mark.parametrize("is_built", [True, False])
def test_the_page_has_no_inline_script_and_uses_no_other_origin(static_files: Path, *, is_built: bool) -> None:
    if is_built:
        build(static_files)
    html = page()
    assert Scripts(html).found == []
    assert FOREIGN.findall(html) == []


def test_no_source_file_uses_another_origin() -> None:
    sources = [path for path in (FOLDER / "src").rglob("*") if path.is_file()]
    assert len(sources) > len(TABS)
    assert [path.name for path in sources if FOREIGN.search(path.read_text())] == []


@pytest.mark.parametrize("text", ["'//cdn.example/x.js'", "https://cdn.example", "url(//cdn.example)", "ws://a.b/c"])
def test_another_origin_is_detected(text: str) -> None:
    assert FOREIGN.search(text)


@pytest.mark.parametrize("tab", TABS)
def test_the_document_of_each_tab_is_valid(tab: str) -> None:
    assert validate(build_schema(schema.as_str()), parse(TABS[tab])) == []


def test_the_tabs_can_be_run_in_order(api: Api) -> None:
    show = situations.a_show()
    account = {"username": "guest-1", "email": "guest-1@example.com", "password": "popcorn-and-a-movie"}
    api.token = api(TABS["sign-up"], **account).data["signup"]["accessToken"]
    credentials = {"username": account["username"], "password": account["password"]}
    api.token = api(TABS["log-in"], **credentials).data["login"]["accessToken"]
    (listed,) = api(TABS["what-is-on"]).data["shows"]["nodes"]
    assert listed["id"] == global_id(show)
    seat = first_seat(api(TABS["seat-map"], showId=listed["id"]))
    assert (seat["label"], seat["status"], seat["mine"]) == ("A1", "AVAILABLE", False)
    booked = api(TABS["book-a-seat"], showId=listed["id"], seat=seat["label"]).data["bookSeat"]
    assert booked["status"] == "CONFIRMED"
    (mine,) = api(TABS["my-bookings"]).data["me"]["bookings"]["nodes"]
    assert (mine["id"], mine["status"]) == (booked["id"], "CONFIRMED")
    cancelled = api(TABS["cancel"], bookingId=mine["id"]).data["cancelBooking"]
    assert cancelled["status"] == "CANCELLED"
    assert first_seat(api(TABS["seat-map"], showId=listed["id"]))["status"] == "AVAILABLE"
    held = api(TABS["hold-seats"], showId=listed["id"]).data["holdSeats"]
    assert held["status"] == "HELD"
    assert api(TABS["extend-hold"], bookingId=held["id"]).data["extendHold"]["status"] == "HELD"
    assert api(TABS["confirm-booking"], bookingId=held["id"]).data["confirmBooking"]["status"] == "CONFIRMED"


def first_seat(response: ApiResponse) -> Any:
    return response.data["show"]["seatMap"]["rows"][0]["seats"][0]
