"""A browser window of one user, and a record of everything its pages must not do."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, WebError, WebSocket

# URLs of these schemes cause no network request.
LOCAL = {"about", "blob", "data"}
# The console does not report every violation of a policy: a page can catch the error of a refused eval, for example.
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) =>
  console.error(`Policy violated: ${effectiveDirective} ${blockedURI} (${sourceFile}:${lineNumber})`));
"""


class Visitor:
    """
    `page` shares no cookies, storage or cache with other visitors. Its URLs are relative to the server
    (`page.goto("/admin/")`). `context.new_page()` opens another tab of the same visitor.
    """

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        # Every request as "METHOD URL"; the method of a WebSocket is WS.
        self.requests: list[str] = []
        # Console errors, uncaught exceptions, and violations of the Content-Security-Policy.
        self.errors: list[str] = []
        self._expected: list[str] = []
        self.context = browser.new_context(base_url=address, locale="en-US", **options)
        self.context.add_init_script(REPORT_VIOLATIONS)
        self.context.on("request", self._record_request)
        self.context.on("page", lambda page: page.on("websocket", self._record_websocket))
        self.context.on("console", self._record_message)
        self.context.on("weberror", self._record_exception)
        self.page: Page = self.context.new_page()

    def expect_error(self, part: str) -> None:
        """
        Expect an error whose text contains `part` at some point of the test. The browser itself reports some errors,
        such as "status of 400" or "ERR_CONNECTION_REFUSED". If no such error occurs, `close` returns that as a problem.
        """
        self._expected.append(part)

    def close(self) -> list[str]:
        """Close all pages and return their problems: requests to other origins, and unexpected or missing errors."""
        self._wait_for_messages()
        self.context.close()
        foreign = [request for request in self.requests if not self._is_own_origin(request.split(" ", 1)[1])]
        unexpected = [error for error in self.errors if not any(part in error for part in self._expected)]
        missing = [part for part in self._expected if not any(part in error for error in self.errors)]
        return [
            *(f"Request to another origin: {request}" for request in foreign),
            *(f"Error: {error}" for error in unexpected),
            *(f"Expected error did not occur: {part}" for part in missing),
        ]

    def _is_own_origin(self, url: str) -> bool:
        requested, own = urlsplit(url), urlsplit(self.address)
        return requested.scheme in LOCAL or (requested.scheme in {"http", "ws"} and requested.netloc == own.netloc)

    def _wait_for_messages(self) -> None:
        """Messages arrive in order, so all of them have arrived when the page has evaluated a script."""
        for page in self.context.pages:
            try:
                page.evaluate("0")
            except Error as error:
                self.errors.append(f"{page.url} does not respond: {error}")

    def _record_request(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")

    def _record_websocket(self, websocket: WebSocket) -> None:
        self.requests.append(f"WS {websocket.url}")

    def _record_message(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        # The browser requests this file itself if a page names no icon.
        if message.type == "error" and url != f"{self.address}/favicon.ico":
            self.errors.append(f"{message.text} ({url})")

    def _record_exception(self, exception: WebError) -> None:
        self.errors.append(str(exception.error))
