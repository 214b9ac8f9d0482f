"""Relay global ids, and the keys they stand for."""

from strawberry.relay.utils import from_base64

from schema.engine.errors import BadUserInput

# What both databases can compare a key with.
LARGEST_KEY = 2**63 - 1


def parse(global_id: str) -> tuple[str, int]:
    """The type and the key of a global id. Raises `BadUserInput` for what is no id at all."""
    try:
        type_name, key = from_base64(global_id)
        if key.isascii() and key.isdigit() and int(key[:20]) <= LARGEST_KEY:
            return type_name, int(key)
    except ValueError:
        pass
    raise BadUserInput(f"{global_id[:50]!r} is not an id.")


def key_of(type_name: str, global_id: str) -> int:
    """The key of a `type_name`. Raises `BadUserInput` also for the id of another type."""
    found, key = parse(global_id)
    if found != type_name:
        raise BadUserInput(f"{global_id!r} is the id of a {found}, not of a {type_name}.")
    return key


def optional_key_of(type_name: str, global_id: str | None) -> int | None:
    return None if global_id is None else key_of(type_name, global_id)
