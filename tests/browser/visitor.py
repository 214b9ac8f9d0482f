"""Somebody with a browser of their own: their page, and what it did that no page of ours may do."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, WebError, WebSocket

# Addresses of what is there already: nobody is asked.
LOCAL = {"about", "blob", "data"}
# A policy's violation is not always said on the console; a page can hide that eval was refused, for one.
SAY_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) =>
  console.error(`Policy violated: ${effectiveDirective} ${blockedURI} (${sourceFile}:${lineNumber})`));
"""


class Visitor:
    """
    `page` is theirs alone: no cookies, storage or cache of another visitor's. Addresses are relative to the server's
    (`page.goto("/admin/")`). More pages of theirs, as tabs: `context.new_page()`.
    """

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        # Everything asked for, WebSockets too, as "METHOD URL"; a WebSocket's method is WS.
        self.requests: list[str] = []
        # Of the console, of exceptions that nobody caught, and of the policy.
        self.errors: list[str] = []
        self._expected: list[str] = []
        self.context = browser.new_context(base_url=address, locale="en-US", **options)
        self.context.add_init_script(SAY_VIOLATIONS)
        self.context.on("request", self._note_request)
        self.context.on("page", lambda page: page.on("websocket", self._note_websocket))
        self.context.on("console", self._note_message)
        self.context.on("weberror", self._note_exception)
        self.page: Page = self.context.new_page()

    def expect_error(self, part: str) -> None:
        """
        An error that the test provokes, for all of the test: `part` is in its text. The browser itself says some, such
        as "status of 400" or "ERR_CONNECTION_REFUSED". It has to come.
        """
        self._expected.append(part)

    def leave(self) -> list[str]:
        """Close all pages. What they did wrong is returned, a line each."""
        self._wait_for_what_was_said()
        self.context.close()
        elsewhere = [request for request in self.requests if not self._is_ours(request.split(" ", 1)[1])]
        unexpected = [error for error in self.errors if not any(part in error for part in self._expected)]
        missed = [part for part in self._expected if not any(part in error for error in self.errors)]
        return [
            *(f"Asked of somebody else: {request}" for request in elsewhere),
            *(f"Error: {error}" for error in unexpected),
            *(f"Expected, but no error: {part}" for part in missed),
        ]

    def _is_ours(self, url: str) -> bool:
        asked, ours = urlsplit(url), urlsplit(self.address)
        return asked.scheme in LOCAL or (asked.scheme in {"http", "ws"} and asked.netloc == ours.netloc)

    def _wait_for_what_was_said(self) -> None:
        """Messages come in order, before the answer to a question asked after them."""
        for page in self.context.pages:
            try:
                page.evaluate("0")
            except Error as error:
                self.errors.append(f"{page.url} does not answer: {error}")

    def _note_request(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")

    def _note_websocket(self, websocket: WebSocket) -> None:
        self.requests.append(f"WS {websocket.url}")

    def _note_message(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        # The browser's own question, where a page names no icon.
        if message.type == "error" and url != f"{self.address}/favicon.ico":
            self.errors.append(f"{message.text} ({url})")

    def _note_exception(self, exception: WebError) -> None:
        self.errors.append(str(exception.error))
