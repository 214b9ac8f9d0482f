"""Ways to break the server on purpose, to see that the proof notices. Nothing of the product knows of them.

A plant is an app that patches the engine when it is loaded. The server, told by its environment, takes the
project's settings with that app added.
"""

from tests.proof.databases import Database

# What each of them does, by name.
PLANTS = {
    "double-sale": "sells a seat whoever has it: no look at who is in the way, and no constraint in the database",
    "early-answer": "answers before the transaction is committed",
    "keys-ignored": "does a call again that is sent again",
}


def environment(plant: str | None) -> dict[str, str]:
    """What the server's environment needs, to be broken so."""
    if plant is None:
        return {}
    return {"DJANGO_SETTINGS_MODULE": "tests.proof.seeded_bugs.settings", "PROOF_PLANT": plant}


def prepare(plant: str | None, database: Database) -> None:
    """Break what is in the database, after it was migrated."""
    if plant == "double-sale":
        database.drop_the_promise()
