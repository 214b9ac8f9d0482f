"""Relay global IDs, and the primary keys in them."""

from strawberry.relay.utils import from_base64

from schema.engine.errors import BadUserInput

# The largest integer that both databases accept.
MAX_KEY = 2**63 - 1


def split(global_id: str) -> tuple[str, str]:
    """The type name and the key in a global ID. Raises `BadUserInput` if it is not a global ID."""
    try:
        return from_base64(global_id)
    except ValueError:
        raise invalid(global_id) from None


def parse(global_id: str) -> tuple[str, int]:
    """The type name and the primary key in a global ID. Raises `BadUserInput` if it is not a global ID."""
    type_name, key = split(global_id)
    if not is_primary_key(key):
        raise invalid(global_id)
    return type_name, int(key)


def is_primary_key(key: str) -> bool:
    return key.isascii() and key.isdigit() and int(key[:20]) <= MAX_KEY


def invalid(global_id: str) -> BadUserInput:
    return BadUserInput(f"{global_id[:50]!r} is not a valid ID.")


def key_of(type_name: str, global_id: str) -> int:
    """The primary key in the global ID of a `type_name`. Raises `BadUserInput` also for the ID of another type."""
    found, key = parse(global_id)
    if found != type_name:
        raise BadUserInput(f"{global_id!r} is the ID of a {found}, not of a {type_name}.")
    return key


def optional_key_of(type_name: str, global_id: str | None) -> int | None:
    return None if global_id is None else key_of(type_name, global_id)
