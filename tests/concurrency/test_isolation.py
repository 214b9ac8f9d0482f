"""The isolation level of the run is the one in TEST_ISOLATION."""

import pytest
from django.db import connection, transaction

from tests.concurrency.racing import ISOLATION, race

pytestmark = pytest.mark.django_db(transaction=True)


def isolation_of_a_transaction() -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        (found,) = cursor.fetchone()
    return str(found)


@pytest.mark.postgresql(reason="SQLite has one isolation level")
def test_transactions_have_the_isolation_level_of_the_run() -> None:
    assert isolation_of_a_transaction() == ISOLATION
    assert race(isolation_of_a_transaction, isolation_of_a_transaction) == [ISOLATION, ISOLATION]
