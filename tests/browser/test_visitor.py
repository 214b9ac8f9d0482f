"""The browser fixtures detect each kind of problem on a page. Each test uses a page with that problem."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser import axe
from tests.browser.visitor import Visitor
from tests.serving import Server

# These tests are about the fixtures, not about the product.
pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.deep]

STRICT_POLICY = "default-src 'none'; script-src 'nonce-right'; img-src data:"
NO_SCRIPTS_POLICY = "script-src 'none'"


@pytest.fixture
def unchecked_visitor(browser: Browser, server: Server) -> Visitor:
    """A visitor that the test closes itself, so that its problems can be asserted on."""
    return Visitor(browser, server.address)


def open_page(visitor: Visitor, body: str, policy: str = "") -> Page:
    """Open a page with `body` and the Content-Security-Policy `policy`, as if the server had sent it."""
    document = f"<!doctype html><html lang=en><title>A page</title><link rel=icon href='data:,'><main>{body}</main>"
    headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
    visitor.context.route("**/a-page", lambda route: route.fulfill(body=document, headers=headers))
    visitor.page.goto("/a-page")
    return visitor.page


def test_a_correct_page_has_no_problems(unchecked_visitor: Visitor, server: Server) -> None:
    body = "<h1>Right</h1><script nonce=right>console.log('fine')</script>"
    page = open_page(unchecked_visitor, body, f"{STRICT_POLICY}; connect-src 'self'")
    page.evaluate("fetch('/graphql?query={__typename}')")

    assert unchecked_visitor.close() == []
    assert unchecked_visitor.requests == [
        f"GET {server.address}/a-page",
        f"GET {server.address}/graphql?query={{__typename}}",
    ]


@pytest.mark.parametrize(
    "url", ["http://elsewhere.example/", "https://127.0.0.1/", "http://127.0.0.1:9/", "http://[::1]/"]
)
@pytest.mark.parametrize(
    "script",
    [
        "new Promise((done) => { const image = new Image(); image.onerror = done; image.src = url; })",
        "fetch(url).catch(() => {})",
        "navigator.sendBeacon(url)",
    ],
)
def test_a_request_to_another_origin_is_detected(unchecked_visitor: Visitor, script: str, url: str) -> None:
    page = open_page(unchecked_visitor, "")
    # sendBeacon returns before the request is sent.
    with page.expect_request(url):
        page.evaluate(f"async (url) => {{ await {script}; }}", url)

    (problem,) = (problem for problem in unchecked_visitor.close() if not problem.startswith("Error"))
    assert problem in {f"Request to another origin: {method} {url}" for method in ("GET", "POST")}


@pytest.mark.parametrize("url", ["ws://elsewhere.example/", "wss://127.0.0.1/", "ws://127.0.0.1:9/"])
def test_a_websocket_to_another_origin_is_detected(unchecked_visitor: Visitor, url: str) -> None:
    page = open_page(unchecked_visitor, "")
    page.evaluate("(url) => new Promise((done) => { new WebSocket(url).onclose = done; })", url)

    assert f"Request to another origin: WS {url}" in unchecked_visitor.close()


def test_problems_in_another_tab_are_detected(unchecked_visitor: Visitor) -> None:
    with unchecked_visitor.context.expect_page() as opening:
        open_page(unchecked_visitor, "").evaluate("() => { open('/a-page'); }")
    opening.value.evaluate("() => { console.error('in the tab'); new WebSocket('ws://elsewhere.example/'); }")

    problems = unchecked_visitor.close()
    assert "Request to another origin: WS ws://elsewhere.example/" in problems
    assert any(problem.startswith("Error: in the tab") for problem in problems)


@pytest.mark.parametrize("origin", ["http://localhost", "http://127.0.0.2", "http://elsewhere.example"])
def test_the_browser_can_connect_to_the_server_only(unchecked_visitor: Visitor, server: Server, origin: str) -> None:
    port = server.address.rpartition(":")[2]
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        unchecked_visitor.page.goto(f"{origin}:{port}/admin/login/")
    unchecked_visitor.close()


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
def test_errors_and_policy_violations_are_detected(unchecked_visitor: Visitor, body: str, error: str) -> None:
    open_page(unchecked_visitor, body, STRICT_POLICY)

    problems = unchecked_visitor.close()
    assert any(problem.startswith(f"Error: {error}") for problem in problems), problems


def test_an_error_response_is_detected_unless_expected(
    unchecked_visitor: Visitor, visitors: Callable[..., Visitor]
) -> None:
    invalid_request = (
        """() => fetch("/graphql?query={nothing}", { headers: { Accept: "application/graphql-response+json" } })"""
    )
    open_page(unchecked_visitor, "").evaluate(invalid_request)
    (problem,) = unchecked_visitor.close()
    assert "status of 400" in problem

    expecting = visitors()
    expecting.expect_error("status of 400")
    open_page(expecting, "").evaluate(invalid_request)
    assert expecting.close() == []


def test_other_errors_than_the_expected_one_are_detected(unchecked_visitor: Visitor) -> None:
    unchecked_visitor.expect_error("as planned")
    script = "() => { console.error('as planned'); console.error('a surprise'); }"
    open_page(unchecked_visitor, "").evaluate(script)

    assert unchecked_visitor.close() == ["Error: a surprise ()"]


def test_an_error_of_a_busy_page_is_detected(unchecked_visitor: Visitor) -> None:
    busy = """() => scheduler.postTask(() => {
        const end = performance.now() + 500;
        while (performance.now() < end);
        console.error("at last");
    }, { priority: "user-blocking" }) && null"""
    open_page(unchecked_visitor, "").evaluate(busy)

    assert unchecked_visitor.close() == ["Error: at last ()"]


def test_an_expected_error_that_does_not_occur_is_a_problem(unchecked_visitor: Visitor) -> None:
    unchecked_visitor.expect_error("status of 400")
    open_page(unchecked_visitor, "")
    assert unchecked_visitor.close() == ["Expected error did not occur: status of 400"]


def test_visitors_share_no_state(visitors: Callable[..., Visitor]) -> None:
    ann, ben = visitors(), visitors(viewport={"width": 360, "height": 640})
    ann.page.goto("/admin/login/")
    ann.page.evaluate("localStorage.setItem('token', 'of Ann')")
    ben.page.goto("/admin/login/")

    assert ben.page.evaluate("localStorage.getItem('token')") is None
    names = {cookie["name"] for cookie in ann.context.cookies()}
    assert names == {"csrftoken"}
    assert ann.context.cookies() != ben.context.cookies()
    assert ben.page.evaluate("innerWidth") == 360


def test_axe_detects_serious_violations(visitor: Visitor) -> None:
    page = open_page(visitor, "<h1>A page</h1><button></button><img src='data:,'>", NO_SCRIPTS_POLICY)

    assert [violation.split(":")[0] for violation in axe.violations(page)] == ["button-name", "image-alt"]


def test_axe_violations_of_lower_impact_are_ignored(visitor: Visitor) -> None:
    page = open_page(visitor, "<h1>A page</h1><h4>Three levels below</h4>", NO_SCRIPTS_POLICY)

    assert axe.violations(page) == []
    assert [found["impact"] for found in page.evaluate(axe.VIOLATIONS)] == ["moderate"]


def test_axe_accepts_an_accessible_page(visitor: Visitor) -> None:
    assert axe.violations(open_page(visitor, "<h1>A page</h1><button>Book</button>", NO_SCRIPTS_POLICY)) == []
