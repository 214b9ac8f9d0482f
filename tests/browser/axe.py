"""Whether everybody can use a page, as far as axe-core can tell."""

from playwright.sync_api import Page

from tests import javascript, machine

SOURCE = javascript.PACKAGES / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
VIOLATIONS = "async () => (await axe.run()).violations"


def violations(page: Page) -> list[str]:
    """
    What axe finds grave in what the page shows now: the rule, what is wrong, and where. Where axe is not installed, the
    test is skipped; in CI it fails.
    """
    machine.needs(javascript.missing())
    # Evaluated, not added as a script, which the page's policy would refuse.
    page.evaluate(SOURCE.read_text())
    return [
        f"{violation['id']}: {violation['help']}: {node['html']}"
        for violation in page.evaluate(VIOLATIONS)
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]
