"""Booking references: short, and read over the phone without a mistake."""

from django.utils.crypto import get_random_string

# Without 0 O, 1 I L, and U, which are mistaken for each other when read or heard.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def new_reference() -> str:
    """A random reference, of 30 to the 8th; a constraint keeps two bookings from sharing one."""
    return get_random_string(LENGTH, ALPHABET)


def as_stored(typed: str) -> str:
    """A reference as a person typed it, in any case, with spaces or dashes, in the form it is stored."""
    return "".join(c for c in typed.upper() if c.isalnum())
