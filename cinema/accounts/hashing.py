"""Hashing of passwords, one at a time in each process."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.contrib.auth import hashers

from cinema.core.errors import Busy
from cinema.runtime.outages import RETRY_AFTER_MS

# A hash takes about a tenth of a second. A login that waits longer than this occupies a thread that others need.
MAX_WAIT_SECONDS = 2.0

_hashing = Lock()


class Argon2PasswordHasher(hashers.Argon2PasswordHasher):
    """Django's hasher, which needs 100 MB for each hash. Raises `Busy` if too many logins wait for their turn."""

    def encode(self, password: str, salt: str) -> str:
        with _turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turn():
            return super().verify(password, encoded)


@contextmanager
def _turn() -> Iterator[None]:
    if not _hashing.acquire(timeout=MAX_WAIT_SECONDS):
        raise Busy(retry_after_ms=RETRY_AFTER_MS)
    try:
        yield
    finally:
        _hashing.release()
