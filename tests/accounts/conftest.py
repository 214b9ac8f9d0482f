import pytest

from cinema.accounts.models import User
from tests.situations import a_user


@pytest.fixture
def ada() -> User:
    return a_user("Ada")
