"""Seeded bugs, to check that the proof finds them. The product itself does not contain them.

A seeded bug is installed by a Django app that patches the domain when it is loaded. An environment variable of the
server names it; its settings are the project's, with that app added.
"""

from tests.proof.databases import Database

# Name and effect.
SEEDED_BUGS = {
    "double-sale": "sells seats that are taken: no check for conflicts, and no constraint in the database",
    "early-response": "responds before the transaction is committed",
    "keys-ignored": "repeats the effect of a repeated call",
}


def environment(seeded_bug: str | None) -> dict[str, str]:
    """The environment variables that install the bug in the server."""
    if seeded_bug is None:
        return {}
    return {"DJANGO_SETTINGS_MODULE": "tests.proof.seeded_bugs.settings", "PROOF_SEEDED_BUG": seeded_bug}


def prepare(seeded_bug: str | None, database: Database) -> None:
    """Prepare the migrated database for the bug."""
    if seeded_bug == "double-sale":
        database.drop_ticket_constraint()
