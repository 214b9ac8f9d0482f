"""The isolation that the run says it has, and not merely hopes to have."""

import pytest
from django.db import connection, transaction

from tests.concurrency.racing import ISOLATION, race

pytestmark = pytest.mark.django_db(transaction=True)


def isolation_of_a_transaction() -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        (found,) = cursor.fetchone()
    return str(found)


def test_transactions_are_as_isolated_as_the_run_says() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time; `make test` runs it on PostgreSQL")

    assert isolation_of_a_transaction() == ISOLATION
    assert race(isolation_of_a_transaction, isolation_of_a_transaction) == [ISOLATION, ISOLATION]
