"""Chromium as installed on this machine, restricted to addresses of this machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

EXECUTABLES = ["chromium", "chromium-browser", "google-chrome"]
ARGUMENTS = [
    # Pages, WebSockets and Chromium itself can connect to 127.0.0.1 only: no other name or address resolves.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def executable() -> str | None:
    return next(filter(None, map(shutil.which, EXECUTABLES)), None)


def missing() -> str | None:
    """Return how to install a browser, or None if there is one."""
    if executable() is None:
        return "needs Chromium: `make system` installs it on Debian; Google Chrome works too"
    return None


@contextmanager
def launched() -> Iterator[Browser]:
    """
    Start the browser. While it runs, Playwright runs an event loop in this thread, so the thread can neither use
    Django's ORM nor run another event loop.
    """
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=executable(),
            args=ARGUMENTS,
            # Chromium's sandbox does not work for root.
            chromium_sandbox=os.geteuid() != 0,
        ) as browser,
    ):
        yield browser
