"""The browser: Chromium as the machine has it, which reaches nothing but this machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ["chromium", "chromium-browser", "google-chrome"]
ARGUMENTS = [
    # No name is resolved and no other address connected to, whoever asks: a page, a WebSocket, or Chromium itself.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def program() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def missing() -> str | None:
    """What has to be done before there is a browser; None if nothing."""
    if program() is None:
        return "needs Chromium: `make system` installs it on Debian; Google Chrome will do too"
    return None


@contextmanager
def launched() -> Iterator[Browser]:
    """As long as it runs, an event loop runs in this thread: nothing else may ask Django's ORM, or run a loop."""
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=program(),
            args=ARGUMENTS,
            # Its sandbox does not work for root, who has no use for one.
            chromium_sandbox=os.geteuid() != 0,
        ) as browser,
    ):
        yield browser
