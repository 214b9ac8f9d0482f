"""The security headers of every response."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

from config import api
from tests import situations

pytestmark = pytest.mark.django_db

NOTHING = "base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'"
STAFF = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self' data:; script-src 'self'; style-src 'self' 'unsafe-inline'"
)
EXPLORER = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src data:; form-action 'none'; "
    "frame-ancestors 'none'; img-src data:; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self'"
)
FRONT_PAGE = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; "
    "img-src 'self'; require-trusted-types-for 'script'; script-src 'self'; style-src 'self'; trusted-types 'none'"
)
ON_EVERY_RESPONSE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Scripts(HTMLParser):
    """Collects the inline scripts of a page."""

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
    """The Content-Security-Policy, with its directives sorted."""
    return "; ".join(sorted(response.headers["Content-Security-Policy"].split("; ")))


def staff_client() -> Client:
    client = Client()
    client.force_login(situations.a_user(is_staff=True, is_superuser=True))
    return client


def post(body: Any, **more: Any) -> Any:
    return Client().post("/graphql", body, content_type="application/json", **more)


PAGES: dict[str, tuple[int, str, Callable[[], Any]]] = {
    "a response of the API": (200, NOTHING, lambda: post({"query": "{ me { id } }"})),
    "a response with errors": (200, NOTHING, lambda: post({"query": "{ myBookings { totalCount } }"})),
    "a request error of the API": (400, NOTHING, lambda: post([])),
    "a preflight": (
        200,
        NOTHING,
        lambda: Client().options(
            "/graphql", headers={"Access-Control-Request-Method": "POST", "Origin": "https://a.b"}
        ),
    ),
    "the explorer": (200, EXPLORER, lambda: Client().get("/graphql", headers={"Accept": "text/html"})),
    "the front page": (200, FRONT_PAGE, lambda: Client().get("/")),
    "the admin login": (200, STAFF, lambda: Client().get("/admin/login/")),
    "a redirect to the admin login": (302, STAFF, lambda: Client().get("/admin/")),
    "an admin page": (200, STAFF, lambda: staff_client().get("/admin/")),
    "an unknown admin page": (404, STAFF, lambda: staff_client().get("/admin/nothing/here/")),
    "an unknown page": (404, NOTHING, lambda: Client().get("/nothing/here")),
    "a static file": (200, NOTHING, lambda: Client().head("/static/cinema/admin/seat_plan.js")),
}


@pytest.mark.parametrize("page", PAGES)
def test_every_response_has_the_security_headers(page: str) -> None:
    status, policy, get = PAGES[page]
    response = get()
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in ON_EVERY_RESPONSE} == ON_EVERY_RESPONSE
    assert policy_of(response) == policy


@pytest.mark.parametrize("path", ["/graphql", "/nothing/here", "/admin/"])
@pytest.mark.parametrize("redirecting", [True, False])
def test_responses_to_unknown_hosts_have_the_security_headers(
    settings: Settings, path: str, *, redirecting: bool
) -> None:
    settings.ALLOWED_HOSTS = ["cinema.example"]
    settings.SECURE_SSL_REDIRECT = redirecting
    response = Client().get(path, headers={"Host": "elsewhere.example"})
    assert response.status_code == 400
    assert {name: response.headers.get(name) for name in ON_EVERY_RESPONSE} == ON_EVERY_RESPONSE
    assert policy_of(response) == NOTHING


def fail(request: HttpRequest) -> HttpResponse:
    raise LookupError("A secret.")


@pytest.mark.parametrize("path", ["/graphql", "/nothing/here", "/admin/login/"])
def test_responses_to_failures_have_the_security_headers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(api, "graphql", fail)
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.failing"]
    response = Client(raise_request_exception=False).get(path)
    assert response.status_code == 500
    assert {name: response.headers.get(name) for name in ON_EVERY_RESPONSE} == ON_EVERY_RESPONSE
    assert policy_of(response) == NOTHING


def failing(get_response: object) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware that fails before any view is called."""
    return fail


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_responses_of_the_api_are_not_cached(path: str) -> None:
    for response in (
        Client().post(path, {"query": "{ me { id } }"}, content_type="application/json"),
        Client().get(path, {"query": "{ me { id } }"}, headers={"Accept": "application/json"}),
        Client().post(path, [], content_type="application/json"),
        Client().delete(path),
    ):
        assert response.headers["Cache-Control"] == "no-store"


def test_responses_over_https_have_strict_transport_security(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 60
    for response in (post({}, secure=True), Client().get("/nothing/here", secure=True)):
        assert response.headers["Strict-Transport-Security"] == "max-age=60; includeSubDomains; preload"


def test_admin_pages_have_no_inline_scripts() -> None:
    # The policy blocks inline scripts, so a page with one would not work.
    show = situations.a_booking().show
    client = staff_client()
    for page in (
        "",
        "login/",
        "cinema/show/",
        f"cinema/show/{show.pk}/change/",
        f"cinema/screen/{show.screen_id}/change/",
    ):
        response = client.get(f"/admin/{page}", follow=True)
        assert response.status_code == 200
        assert Scripts(response.content.decode()).found == []


@pytest.mark.parametrize("html", ["<script>x</script>", "<a onclick='x'>", "<a href='javascript:x'>"])
def test_inline_scripts_are_detected(html: str) -> None:
    assert len(Scripts(html).found) == 1
