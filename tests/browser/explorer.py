"""The explorer at `/graphql`, driven through a browser."""

import json
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from config.environment import BASE_DIR
from tests.waiting import wait_until

SCRIPT = BASE_DIR / "web" / "explorer" / "static" / "explorer" / "main.js"


def missing() -> str | None:
    """Return how to build the explorer, or None if it has been built."""
    return None if SCRIPT.exists() else "needs the explorer: Node 20 or newer with npm, and then `make explorer`"


class Explorer:
    def __init__(self, page: Page, url: str | None = "/graphql") -> None:
        """Open the explorer at `url`, or with None, use the open page."""
        self.page = page
        self.account = page.get_by_role("status")
        self.result = page.get_by_role("region", name="Result Window")
        self._sent_frames: list[str | bytes] = []
        page.on("websocket", lambda socket: socket.on("framesent", self._record_frame))
        if url:
            page.goto(url)
        expect(self.account).to_be_visible()
        # The editors load after the rest of the page.
        expect(self.editor("Operation Editor")).to_be_visible()
        expect(self.editor("Variables")).to_be_visible()

    def editor(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name).locator(".view-lines").filter(visible=True)

    def tabs(self) -> list[str]:
        return self.page.get_by_role("tablist").locator(".graphiql-tab-button").all_inner_texts()

    def open(self, tab: str) -> None:
        if self.page.get_by_role("tab", selected=True).locator(".graphiql-tab-button").inner_text() != tab:
            self.page.get_by_role("button", name=tab, exact=True).click()

    def press_run(self) -> None:
        self.page.get_by_role("button", name="Execute query").click()

    def run(self, tab: str) -> Any:
        """Run a tab, wait until the page shows the response, and return the response."""
        self.open(tab)
        with self.page.expect_response(lambda response: has_operation(response.request, tab)) as response:
            self.press_run()
        body = response.value.json()
        expect(self.result).to_contain_text('"errors"' if "errors" in body else '"data"')
        return body

    def data(self, tab: str) -> Any:
        """Run a tab and return its data; fail if there are errors."""
        body = self.run(tab)
        assert "errors" not in body, body
        return body["data"]

    def error_code(self, tab: str) -> str:
        """Run a tab and return the code of its only error."""
        (error,) = self.run(tab)["errors"]
        return str(error["extensions"]["code"])

    def subscribe(self, tab: str) -> None:
        """Run the subscription of a tab and return after it has been sent."""
        self.open(tab)
        self.press_run()
        wait_until(self._has_subscribed, what="the subscription")

    # Playwright cannot use a built-in method, such as list.append, as a handler.
    def _record_frame(self, frame: str | bytes) -> None:
        self._sent_frames.append(frame)

    def _has_subscribed(self) -> bool:
        # Playwright delivers events only while it is called.
        self.page.evaluate("0")
        return any('"subscribe"' in str(frame) for frame in self._sent_frames)

    def variables(self, tab: str) -> dict[str, Any]:
        self.open(tab)
        text = self.editor("Variables").inner_text()
        values: dict[str, Any] = json.loads(text.replace("\xa0", " "))
        return values

    def stored_tabs(self) -> str:
        """Return the tabs that a reload restores. GraphiQL stores an edit a moment after it was typed."""
        return str(self.page.evaluate("localStorage.getItem('graphiql:tabState')"))

    def write(self, editor: str, text: str) -> None:
        self.editor(editor).click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(text)
        # Delete what the editor has added automatically, such as a closing quote.
        self.page.keyboard.press("ControlOrMeta+Shift+End")
        self.page.keyboard.press("Delete")

    def write_headers(self, **headers: str) -> None:
        """Write the headers of the current tab."""
        self.page.get_by_role("button", name="Headers", exact=True).click()
        self.write("Headers", json.dumps(headers))

    def session(self) -> dict[str, str]:
        """Return the session that the page has saved."""
        session: dict[str, str] = json.loads(self.page.evaluate("sessionStorage.getItem('explorer:session')"))
        return session

    def sign_up(self) -> str:
        """Run SignUp and return the new username."""
        username = self.data("SignUp")["signup"]["user"]["username"]
        expect(self.account).to_have_text(f"Logged in as {username}")
        return str(username)


def has_operation(request: Request, name: str) -> bool:
    return request.method == "POST" and f" {name}" in json.loads(request.post_data or "{}").get("query", "")
