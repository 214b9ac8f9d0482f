from collections.abc import Iterator

import pytest
from django.db import connection

from cinema.booking import holds
from cinema.models import Booking, Show, User
from tests import situations
from tests.api.outages import Server
from tests.conftest import Api
from tests.executor.shadowing import differences


@pytest.fixture
def as_buyer(api: Api, buyer: User) -> Api:
    """The API for the buyer."""
    return api.logged_in_as(buyer)


@pytest.fixture
def server(buyer: User) -> Iterator[Server]:
    """A server to which the buyer sends requests."""
    yield Server(situations.an_access_token(buyer))
    connection.close()


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """A hold of the buyer for the seats B1 and B2."""
    return holds.acquire(show_id=show.pk, wanted=["B1", "B2"], by=buyer)


@pytest.fixture
def as_staff(api: Api) -> Api:
    """The API for a staff member with the permission to view bookings only."""
    return api.logged_in_as(situations.a_staff_member("view_booking"))


@pytest.fixture
def manager(db: None) -> User:
    """A staff member without permissions, as the actor of domain calls."""
    return situations.a_user("grace", is_staff=True)


@pytest.fixture(autouse=True)
def same_as_core(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every query that a test sends has the result that graphql-core returns."""
    found = differences(monkeypatch)
    yield
    assert found == []
