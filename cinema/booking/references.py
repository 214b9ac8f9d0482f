"""Booking references: short, and easy to read aloud without a mistake."""

from django.utils.crypto import get_random_string

# Without 0, O, 1, I, L and U, which are easily confused.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def new_reference() -> str:
    """A random reference, one of 30**8; a constraint keeps two bookings from sharing one."""
    return get_random_string(LENGTH, ALPHABET)


def as_stored(typed: str) -> str:
    """The stored form of a reference as typed: letters and digits only, in upper case."""
    return "".join(c for c in typed.upper() if c.isalnum())
