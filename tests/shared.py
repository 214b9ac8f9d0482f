"""Data that the tests of a module share: created once, in a transaction that is rolled back after the last of them.

Each test runs in a savepoint of that transaction, so it finds the data as they were created:

    @pytest.fixture(scope="module")
    def shared_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
        with shared(a_world, django_db_blocker) as world:
            yield world

    @pytest.fixture
    def world(shared_world: World, db: None) -> World:
        return copy.deepcopy(shared_world)
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

T = TypeVar("T")


@contextmanager
def shared(create: Callable[[], T], blocker: DjangoDbBlocker) -> Iterator[T]:
    """Yield the result of `create`, and roll back its changes when the context ends."""
    block = transaction.atomic()
    # Like the transactions of Django's own test cases: use cases, which refuse to run in a transaction, ignore it.
    block._from_testcase = True  # type: ignore[attr-defined]  # noqa: SLF001
    with blocker.unblock():
        block.__enter__()
        created = create()
        # Otherwise every test would check the deferred constraints of all of these rows.
        connection.check_constraints()
    yield created
    with blocker.unblock():
        transaction.set_rollback(True)
        block.__exit__(None, None, None)
