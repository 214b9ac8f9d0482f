"""The explorer, as somebody uses it who opens `/graphql`."""

import json
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from config.environment import BASE_DIR
from tests.waiting import wait_until

BUILT = BASE_DIR / "web" / "explorer" / "static" / "explorer" / "main.js"


def missing() -> str | None:
    """What has to be done before there is an explorer; None if nothing."""
    return None if BUILT.exists() else "needs the explorer: Node 20 or newer with npm, and then `make explorer`"


class Explorer:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.account = page.get_by_role("status")
        self.result = page.get_by_role("region", name="Result Window")
        self._sent: list[str | bytes] = []
        page.on("websocket", lambda socket: socket.on("framesent", self._note_frame))
        page.goto("/graphql")
        expect(self.account).to_be_visible()
        # Each editor says what it has only when it is there.
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
        """The answer to the document of a tab, which is also what the page shows."""
        self.open(tab)
        with self.page.expect_response(lambda response: is_asked(response.request, tab)) as answered:
            self.press_run()
        answer = answered.value.json()
        expect(self.result).to_contain_text('"errors"' if "errors" in answer else '"data"')
        return answer

    def data(self, tab: str) -> Any:
        answer = self.run(tab)
        assert "errors" not in answer, answer
        return answer["data"]

    def code(self, tab: str) -> str:
        (error,) = self.run(tab)["errors"]
        return str(error["extensions"]["code"])

    def watch(self, tab: str) -> None:
        """Return when the subscription of a tab is on its way."""
        self.open(tab)
        self.press_run()
        wait_until(self._has_subscribed, what="the subscription")

    def _note_frame(self, frame: str | bytes) -> None:
        self._sent.append(frame)

    def _has_subscribed(self) -> bool:
        self.page.evaluate("0")
        return any('"subscribe"' in str(frame) for frame in self._sent)

    def variables(self, tab: str) -> dict[str, Any]:
        self.open(tab)
        text = self.editor("Variables").inner_text()
        values: dict[str, Any] = json.loads(text.replace("\xa0", " "))
        return values

    def stored(self) -> str:
        """The tabs as a reload brings them back. What is typed gets there, and is safe, a moment later."""
        return str(self.page.evaluate("localStorage.getItem('graphiql:tabState')"))

    def write(self, editor: str, text: str) -> None:
        self.editor(editor).click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(text)
        # What the editor added by itself, such as a closing quote.
        self.page.keyboard.press("ControlOrMeta+Shift+End")
        self.page.keyboard.press("Delete")

    def write_headers(self, **headers: str) -> None:
        """In the tab that is open."""
        self.page.get_by_role("button", name="Headers", exact=True).click()
        self.write("Headers", json.dumps(headers))

    def session(self) -> dict[str, str]:
        """What the page keeps of who is signed in."""
        kept: dict[str, str] = json.loads(self.page.evaluate("sessionStorage.getItem('explorer:session')"))
        return kept

    def sign_up(self) -> str:
        """As whom."""
        user = self.data("SignUp")["signup"]["user"]["username"]
        expect(self.account).to_have_text(f"Signed in as {user}")
        return str(user)


def is_asked(request: Request, operation: str) -> bool:
    return request.method == "POST" and f" {operation}" in json.loads(request.post_data or "{}").get("query", "")
