"""What browsers are told about every answer, of whatever kind and whoever gave it."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

from tests import situations

pytestmark = pytest.mark.django_db

NOTHING = "base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'"
STAFF = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self' data:; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"
)
EXPLORER = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src data:; form-action 'none'; "
    "frame-ancestors 'none'; img-src data:; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self'"
)
FRONT_PAGE = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; "
    "img-src 'self'; require-trusted-types-for 'script'; script-src 'self'; style-src 'self'; trusted-types 'none'"
)
ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Scripts(HTMLParser):
    """What of a page would run although it is written into the page itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and "src" not in values:
            self.found.append(tag)
        self.found += [name for name in values if name.startswith("on")]
        self.found += [value for value in values.values() if value and value.lower().startswith("javascript:")]


def policy_of(response: Any) -> str:
    """Its directives in order; the header has them in any."""
    return "; ".join(sorted(response.headers["Content-Security-Policy"].split("; ")))


def signed_in() -> Client:
    client = Client()
    client.force_login(situations.a_user(is_staff=True, is_superuser=True))
    return client


def ask(body: Any, **more: Any) -> Any:
    return Client().post("/graphql", body, content_type="application/json", **more)


PAGES: dict[str, tuple[int, str, Callable[[], Any]]] = {
    "an answer of the API": (200, NOTHING, lambda: ask({"query": "{ me { id } }"})),
    "an answer with errors": (200, NOTHING, lambda: ask({"query": "{ myBookings { totalCount } }"})),
    "a refusal of the API": (400, NOTHING, lambda: ask([])),
    "a preflight": (
        200,
        NOTHING,
        lambda: Client().options(
            "/graphql", headers={"Access-Control-Request-Method": "POST", "Origin": "https://a.b"}
        ),
    ),
    "the explorer": (200, EXPLORER, lambda: Client().get("/graphql", headers={"Accept": "text/html"})),
    "the front page": (200, FRONT_PAGE, lambda: Client().get("/")),
    "the staff's login": (200, STAFF, lambda: Client().get("/admin/login/")),
    "a redirect to it": (302, STAFF, lambda: Client().get("/admin/")),
    "a page of the staff": (200, STAFF, lambda: signed_in().get("/admin/")),
    "a page that the staff do not have": (404, STAFF, lambda: signed_in().get("/admin/nothing/here/")),
    "a page that is not there": (404, NOTHING, lambda: Client().get("/nothing/here")),
    "a static file": (200, NOTHING, lambda: Client().head("/static/cinema/admin/seat_plan.js")),
}


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_has_the_security_headers(page: str) -> None:
    status, policy, get = PAGES[page]
    response = get()
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
    assert policy_of(response) == policy


@pytest.mark.parametrize("path", ["/graphql", "/nothing/here", "/admin/"])
@pytest.mark.parametrize("redirecting", [True, False])
def test_a_refusal_of_the_host_has_them_too(settings: Settings, path: str, *, redirecting: bool) -> None:
    settings.ALLOWED_HOSTS = ["cinema.example"]
    settings.SECURE_SSL_REDIRECT = redirecting
    response = Client().get(path, headers={"Host": "elsewhere.example"})
    assert response.status_code == 400
    assert {name: response.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
    assert policy_of(response) == NOTHING


def fail(request: HttpRequest) -> HttpResponse:
    raise LookupError("A secret.")


@pytest.mark.parametrize("path", ["/graphql", "/nothing/here", "/admin/login/"])
def test_an_answer_in_place_of_a_failure_has_them_too(settings: Settings, path: str) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.failing"]
    response = Client(raise_request_exception=False).get(path)
    assert response.status_code == 500
    assert {name: response.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
    assert policy_of(response) == NOTHING


def failing(get_response: object) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware that fails before any view has been asked."""
    return fail


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_no_cache_keeps_an_answer_of_the_api(path: str) -> None:
    for response in (
        Client().post(path, {"query": "{ me { id } }"}, content_type="application/json"),
        Client().get(path, {"query": "{ me { id } }"}, headers={"Accept": "application/json"}),
        Client().post(path, [], content_type="application/json"),
        Client().delete(path),
    ):
        assert response.headers["Cache-Control"] == "no-store"


def test_who_came_by_https_is_to_come_back_by_https(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 60
    for response in (ask({}, secure=True), Client().get("/nothing/here", secure=True)):
        assert response.headers["Strict-Transport-Security"] == "max-age=60; includeSubDomains; preload"


def test_no_page_of_the_staff_has_a_script_written_into_it() -> None:
    # The policy forbids it; a page that had one would be half dead.
    show = situations.a_booking().show
    desk = signed_in()
    for page in (
        "",
        "login/",
        "cinema/show/",
        f"cinema/show/{show.pk}/change/",
        f"cinema/screen/{show.screen_id}/change/",
    ):
        response = desk.get(f"/admin/{page}", follow=True)
        assert response.status_code == 200
        assert Scripts(response.content.decode()).found == []


@pytest.mark.parametrize("html", ["<script>x</script>", "<a onclick='x'>", "<a href='javascript:x'>"])
def test_a_script_written_into_a_page_is_found(html: str) -> None:
    assert len(Scripts(html).found) == 1
