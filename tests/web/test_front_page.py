"""The page that a browser gets at /, and the files it is made of."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from config.environment import BASE_DIR
from tests.test_headers import Scripts

# Where a file has been read, Django ends the request, and looks after its connections.
pytestmark = pytest.mark.django_db

FILES = sorted(
    path for path in (BASE_DIR / "web" / "front").rglob("*") if path.suffix in {".css", ".html", ".js", ".svg"}
)
MODULES = [path.name for path in FILES if path.suffix == ".js"]
# An address with its origin; names that only look like addresses are those of XML.
FOREIGN = re.compile(r"""(?:https?|wss?)://(?!www\.w3\.org/2000/svg\b)|["'(=]//""")
# What would need a looser policy, or could make markup of what people have typed.
UNSAFE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\sstyle=|setAttribute\(\"style"
)
LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
IMPORTED = re.compile(r'from "\./([^"]+)"')


def page() -> str:
    response = Client().get("/")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return response.content.decode()


def text_of(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200, address
    with closing(response):
        return response.getvalue().decode()


def reached(address: str) -> set[str]:
    """The addresses of a module and of all that it imports."""
    found: set[str] = set()
    ahead = {address}
    while ahead:
        found |= ahead
        folder = address.rsplit("/", 1)[0]
        ahead = {f"{folder}/{name}" for one in ahead for name in IMPORTED.findall(text_of(one))} - found
    return found


@pytest.fixture
def production(settings: Settings, tmp_path: Path) -> None:
    """Static files are served as they have been collected, under names that change with what is in them."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {"staticfiles": {"BACKEND": "config.static_files.StaticFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)


def test_the_page_has_no_script_written_into_it() -> None:
    assert Scripts(page()).found == []


def test_the_page_is_the_same_for_everybody_and_asked_for_anew_each_time() -> None:
    response = Client().get("/")
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.cookies == {}


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_can_only_be_read(method: str) -> None:
    assert getattr(Client(), method)("/").status_code == 405


def test_every_file_that_the_page_names_is_there() -> None:
    addresses = LINKED.findall(page())
    assert {address.rsplit(".", 1)[1] for address in addresses} == {"css", "js", "svg"}
    for address in addresses:
        text_of(address)


def test_every_module_is_there_and_used() -> None:
    assert reached("/static/front/main.js") == {f"/static/front/{name}" for name in MODULES}


def test_in_production_modules_import_each_other_by_names_that_change_with_what_is_in_them(production: None) -> None:
    (address,) = [address for address in LINKED.findall(page()) if address.endswith(".js")]
    found = reached(address)
    assert len(found) == len(MODULES)
    for one in found:
        assert re.fullmatch(r"/static/front/\w+\.[0-9a-f]{12}\.js", one)
        assert "immutable" in Client().head(one).headers["Cache-Control"]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_no_file_names_another_origin_or_needs_a_looser_policy(file: Path) -> None:
    text = file.read_text()
    assert FOREIGN.findall(text) == []
    assert UNSAFE.findall(text) == []


@pytest.mark.parametrize(
    "text", ['fetch("https://a.b/")', "url(//a.b/c.woff2)", '<img src="//a.b/c.png">', "new WebSocket('wss://a.b')"]
)
def test_another_origin_would_be_found(text: str) -> None:
    assert FOREIGN.search(text)


@pytest.mark.parametrize("text", ["div.innerHTML = title", '<p style="color: red">', "eval(text)"])
def test_what_needs_a_looser_policy_would_be_found(text: str) -> None:
    assert UNSAFE.search(text)
