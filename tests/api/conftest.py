from collections.abc import Iterator

import pytest
from django.db import connection

from cinema.booking import holds
from cinema.models import Booking, Show, User
from tests import situations
from tests.api.outages import Server
from tests.conftest import Api


@pytest.fixture
def as_buyer(api: Api, buyer: User) -> Api:
    return api.signed_in(buyer)


@pytest.fixture
def server(buyer: User) -> Iterator[Server]:
    """For the buyer, who is signed in."""
    yield Server(situations.an_access_token(buyer))
    connection.close()


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """Of the seats B1 and B2."""
    return holds.acquire(show_id=show.pk, wanted=["B1", "B2"], by=buyer)
