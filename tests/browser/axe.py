"""Accessibility checks with axe-core."""

from playwright.sync_api import Page

from tests import javascript, machine

SOURCE = javascript.PACKAGES / "axe-core" / "axe.min.js"
REPORTED_IMPACTS = {"serious", "critical"}
VIOLATIONS = "async () => (await axe.run()).violations"


def violations(page: Page) -> list[str]:
    """
    Return the serious and critical violations of the current view: the rule, its description, and the element. If axe
    is not installed, the test is skipped; in CI it fails.
    """
    machine.needs(javascript.missing())
    # The Content-Security-Policy of the page would refuse a script element.
    page.evaluate(SOURCE.read_text())
    return [
        f"{violation['id']}: {violation['help']}: {node['html']}"
        for violation in page.evaluate(VIOLATIONS)
        if violation["impact"] in REPORTED_IMPACTS
        for node in violation["nodes"]
    ]
