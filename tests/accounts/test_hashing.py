"""Passwords are hashed one at a time, and a login does not wait long for its turn."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import hashers

from cinema.accounts import hashing
from cinema.accounts.hashing import Argon2PasswordHasher
from cinema.core.errors import Busy

PASSWORD = "popcorn-and-a-movie"


class Observed(hashers.Argon2PasswordHasher):
    """Counts the hashes that run at a time."""

    running = most = 0

    def encode(self, password: str, salt: str) -> str:
        Observed.running += 1
        Observed.most = max(Observed.most, Observed.running)
        try:
            return super().encode(password, salt)
        finally:
            Observed.running -= 1


def most_at_a_time(hasher: type[hashers.Argon2PasswordHasher]) -> int:
    Observed.most = Observed.running = 0
    start = threading.Barrier(4)

    def encode(_: int) -> str:
        start.wait()
        return hasher().encode(PASSWORD, "some-salt")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(encode, range(4)))) == 1
    return Observed.most


def test_passwords_are_hashed_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "MAX_WAIT_SECONDS", 60)

    class OneAtATime(Argon2PasswordHasher, Observed):
        pass

    assert most_at_a_time(Observed) > 1
    assert most_at_a_time(OneAtATime) == 1


def test_a_hash_that_would_wait_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Argon2PasswordHasher()
    encoded = hasher.encode(PASSWORD, "some-salt")
    monkeypatch.setattr(hashing, "MAX_WAIT_SECONDS", 0.01)
    with hashing._hashing, pytest.raises(Busy):  # noqa: SLF001 - another thread hashes
        hasher.verify(PASSWORD, encoded)
    assert hasher.verify(PASSWORD, encoded)
    assert not hasher.verify("another", encoded)
