"""The front page at `/`, and its static files."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from config.environment import BASE_DIR
from tests.test_headers import Scripts

# Django ends a request when its file has been read, and then uses the database connections.
pytestmark = pytest.mark.django_db

FILES = sorted(
    path for path in (BASE_DIR / "web" / "front").rglob("*") if path.suffix in {".css", ".html", ".js", ".svg"}
)
MODULES = [path.name for path in FILES if path.suffix == ".js"]
# A URL with an origin, except the XML namespace of SVG, which is never requested.
FOREIGN = re.compile(r"""(?:https?|wss?)://(?!www\.w3\.org/2000/svg\b)|["'(=]//""")
# Code that needs a looser Content-Security-Policy, or that could turn user input into markup.
UNSAFE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\sstyle=|setAttribute\(\"style"
)
LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
PRELOADED = re.compile(r'rel="modulepreload" href="([^"]+)"')
SCRIPT = re.compile(r'<script type="module" src="([^"]+)"')
IMPORTED = re.compile(r'(?:from |import\()"\./([^"]+)"')
NEEDED_FIRST = re.compile(r'from "\./([^"]+)"')


def page() -> str:
    response = Client().get("/")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return response.content.decode()


def read(url: str) -> str:
    response = Client().get(url)
    assert response.status_code == 200, url
    with closing(response):
        return response.getvalue().decode()


def imported_modules(url: str, imported: re.Pattern[str] = IMPORTED) -> set[str]:
    """Return the URLs of a module and of all modules that it imports, directly or indirectly."""
    found: set[str] = set()
    remaining = {url}
    while remaining:
        found |= remaining
        folder = url.rsplit("/", 1)[0]
        remaining = {f"{folder}/{name}" for module in remaining for name in imported.findall(read(module))} - found
    return found


@pytest.fixture
def production(settings: Settings, tmp_path: Path) -> None:
    """Serve collected static files, whose names contain a hash of their content."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {"staticfiles": {"BACKEND": "config.static_files.StaticFiles"}}
    # Compressing takes most of the time, and these tests do not read compressed files.
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["js", "css", "svg", "map", "json", "txt", "ttf"]
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "explorer", "unfold"])


def test_the_page_has_no_inline_script() -> None:
    assert Scripts(page()).found == []


def test_the_page_is_revalidated_and_sets_no_cookie() -> None:
    response = Client().get("/")
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.cookies == {}


@pytest.mark.parametrize("path", ["/verify-email", "/reset-password"])
def test_links_in_emails_lead_to_the_page(path: str) -> None:
    response = Client().get(path, {"token": "1.a-b"})
    front_page = Client().get("/")
    assert (response.status_code, response.content) == (200, front_page.content)
    assert response.headers["Content-Security-Policy"] == front_page.headers["Content-Security-Policy"]
    # No request of the page contains the token.
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_is_read_only(method: str) -> None:
    assert getattr(Client(), method)("/").status_code == 405


def test_all_linked_files_exist() -> None:
    urls = LINKED.findall(page())
    assert {url.rsplit(".", 1)[1] for url in urls} == {"css", "js", "svg"}
    for url in urls:
        read(url)


def test_all_modules_exist_and_are_imported() -> None:
    assert imported_modules("/static/front/main.js") == {f"/static/front/{name}" for name in MODULES}


def test_all_modules_are_preloaded() -> None:
    preloaded = PRELOADED.findall(page())
    assert sorted(preloaded) == [f"/static/front/{name}" for name in sorted(MODULES)]
    # The modules that the schedule needs are loaded before the others.
    first = imported_modules("/static/front/main.js", NEEDED_FIRST)
    assert set(preloaded[: len(first)]) == first
    assert len(first) < len(MODULES) / 2


def test_production_modules_import_each_other_by_hashed_names(production: None) -> None:
    (main,) = SCRIPT.findall(page())
    urls = imported_modules(main)
    assert len(urls) == len(MODULES)
    assert set(PRELOADED.findall(page())) == urls
    for url in urls:
        assert re.fullmatch(r"/static/front/\w+\.[0-9a-f]{12}\.js", url)
        assert "immutable" in Client().head(url).headers["Cache-Control"]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_no_file_uses_another_origin_or_unsafe_code(file: Path) -> None:
    text = file.read_text()
    assert FOREIGN.findall(text) == []
    assert UNSAFE.findall(text) == []


@pytest.mark.parametrize(
    "text", ['fetch("https://a.b/")', "url(//a.b/c.woff2)", '<img src="//a.b/c.png">', "new WebSocket('wss://a.b')"]
)
def test_another_origin_is_detected(text: str) -> None:
    assert FOREIGN.search(text)


@pytest.mark.parametrize("text", ["div.innerHTML = title", '<p style="color: red">', "eval(text)"])
def test_unsafe_code_is_detected(text: str) -> None:
    assert UNSAFE.search(text)
