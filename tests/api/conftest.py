import pytest

from cinema.models import User
from tests.conftest import Api


@pytest.fixture
def as_buyer(api: Api, buyer: User) -> Api:
    return api.signed_in(buyer)
