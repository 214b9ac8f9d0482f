"""What the fixtures have against a page, shown with pages that do it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser import axe
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("browser")

STRICT = "default-src 'none'; script-src 'nonce-right'; img-src data:"


@pytest.fixture
def suspect(browser: Browser, server: Server) -> Visitor:
    """A visitor of whom nobody has expectations yet."""
    return Visitor(browser, server.address)


def opened(visitor: Visitor, body: str, policy: str = "") -> Page:
    """A page as if it came from the server."""
    document = f"<!doctype html><html lang=en><title>A page</title><link rel=icon href='data:,'><main>{body}</main>"
    headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
    visitor.context.route("**/a-page", lambda route: route.fulfill(body=document, headers=headers))
    visitor.page.goto("/a-page")
    return visitor.page


def test_a_page_that_does_nothing_wrong_is_found_right(suspect: Visitor, server: Server) -> None:
    page = opened(
        suspect, "<h1>Right</h1><script nonce=right>console.log('fine')</script>", f"{STRICT}; connect-src 'self'"
    )
    page.evaluate("fetch('/graphql?query={__typename}')")

    assert suspect.leave() == []
    assert suspect.requests == [
        f"GET {server.address}/a-page",
        f"GET {server.address}/graphql?query={{__typename}}",
    ]


@pytest.mark.parametrize(
    "elsewhere", ["http://elsewhere.example/", "https://127.0.0.1/", "http://127.0.0.1:9/", "http://[::1]/"]
)
@pytest.mark.parametrize(
    "asking",
    [
        "new Promise((done) => { const image = new Image(); image.onerror = done; image.src = url; })",
        "fetch(url).catch(() => {})",
        "navigator.sendBeacon(url)",
    ],
)
def test_a_page_that_asks_somebody_else_is_found_out(suspect: Visitor, asking: str, elsewhere: str) -> None:
    page = opened(suspect, "")
    # A beacon is not waited for by whoever sends it.
    with page.expect_request(elsewhere):
        page.evaluate(f"async (url) => {{ await {asking}; }}", elsewhere)

    (fault,) = (fault for fault in suspect.leave() if not fault.startswith("Error"))
    assert fault in {f"Asked of somebody else: {method} {elsewhere}" for method in ("GET", "POST")}


@pytest.mark.parametrize("elsewhere", ["ws://elsewhere.example/", "wss://127.0.0.1/", "ws://127.0.0.1:9/"])
def test_a_page_that_talks_to_somebody_else_is_found_out(suspect: Visitor, elsewhere: str) -> None:
    opened(suspect, "").evaluate("(url) => new Promise((done) => { new WebSocket(url).onclose = done; })", elsewhere)

    assert f"Asked of somebody else: WS {elsewhere}" in suspect.leave()


def test_a_page_in_another_tab_is_watched_as_well(suspect: Visitor) -> None:
    with suspect.context.expect_page() as opening:
        opened(suspect, "").evaluate("() => { open('/a-page'); }")
    opening.value.evaluate("() => { console.error('in the tab'); new WebSocket('ws://elsewhere.example/'); }")

    faults = suspect.leave()
    assert "Asked of somebody else: WS ws://elsewhere.example/" in faults
    assert any(fault.startswith("Error: in the tab") for fault in faults)


@pytest.mark.parametrize("address", ["http://localhost", "http://127.0.0.2", "http://elsewhere.example"])
def test_the_browser_reaches_nobody_else(suspect: Visitor, server: Server, address: str) -> None:
    port = server.address.rpartition(":")[2]
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        suspect.page.goto(f"{address}:{port}/admin/login/")
    suspect.leave()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<script nonce=right>console.error('It is wrong')</script>", "It is wrong"),
        ("<script nonce=right>throw Error('It is wrong')</script>", "It is wrong"),
        ("<script nonce=right>Promise.reject(Error('It is wrong'))</script>", "It is wrong"),
        ("<script nonce=right>try { eval('1') } catch {}</script>", "Policy violated: script-src eval"),
        ("<script>1</script>", "Policy violated: script-src-elem inline"),
        ("<p style='color: red'>Red</p>", "Policy violated: style-src-attr inline"),
        ("<img alt='' src=/static/no.png>", "Policy violated: img-src "),
        ("<script nonce=right>fetch('/graphql').catch(() => {})</script>", "Policy violated: connect-src "),
    ],
)
def test_what_goes_wrong_in_a_page_is_found(suspect: Visitor, body: str, error: str) -> None:
    opened(suspect, body, STRICT)

    faults = suspect.leave()
    assert any(fault.startswith(f"Error: {error}") for fault in faults), faults


def test_an_answer_that_refuses_is_found_unless_expected(suspect: Visitor, visitors: Callable[..., Visitor]) -> None:
    refused = (
        """() => fetch("/graphql?query={nothing}", { headers: { Accept: "application/graphql-response+json" } })"""
    )
    opened(suspect, "").evaluate(refused)
    (fault,) = suspect.leave()
    assert "status of 400" in fault

    prepared = visitors()
    prepared.expect_error("status of 400")
    opened(prepared, "").evaluate(refused)
    assert prepared.leave() == []


def test_who_expects_an_error_is_told_of_others(suspect: Visitor) -> None:
    suspect.expect_error("as planned")
    opened(suspect, "").evaluate("() => { console.error('as planned'); console.error('a surprise'); }")

    assert suspect.leave() == ["Error: a surprise ()"]


def test_a_page_that_is_busy_has_its_say(suspect: Visitor) -> None:
    busy = """() => scheduler.postTask(() => {
        const end = performance.now() + 500;
        while (performance.now() < end);
        console.error("at last");
    }, { priority: "user-blocking" }) && null"""
    opened(suspect, "").evaluate(busy)

    assert suspect.leave() == ["Error: at last ()"]


def test_an_error_that_is_expected_has_to_come(suspect: Visitor) -> None:
    suspect.expect_error("status of 400")
    opened(suspect, "")
    assert suspect.leave() == ["Expected, but no error: status of 400"]


def test_visitors_share_nothing(visitors: Callable[..., Visitor]) -> None:
    ann, ben = visitors(), visitors(viewport={"width": 360, "height": 640})
    ann.page.goto("/admin/login/")
    ann.page.evaluate("localStorage.setItem('token', 'of Ann')")
    ben.page.goto("/admin/login/")

    assert ben.page.evaluate("localStorage.getItem('token')") is None
    names = {cookie["name"] for cookie in ann.context.cookies()}
    assert names == {"csrftoken"}
    assert ann.context.cookies() != ben.context.cookies()
    assert ben.page.evaluate("innerWidth") == 360


def test_axe_finds_what_keeps_people_out(visitor: Visitor) -> None:
    page = opened(visitor, "<h1>A page</h1><button></button><img src='data:,'>", "script-src 'none'")

    assert [violation.split(":")[0] for violation in axe.violations(page)] == ["button-name", "image-alt"]


def test_of_what_axe_finds_only_what_is_grave_counts(visitor: Visitor) -> None:
    page = opened(visitor, "<h1>A page</h1><h4>Three levels below</h4>", "script-src 'none'")

    assert axe.violations(page) == []
    assert [found["impact"] for found in page.evaluate(axe.VIOLATIONS)] == ["moderate"]


def test_axe_has_nothing_against_a_page_that_everybody_can_use(visitor: Visitor) -> None:
    assert axe.violations(opened(visitor, "<h1>A page</h1><button>Book</button>", "script-src 'none'")) == []
