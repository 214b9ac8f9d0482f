"""Rotation of the keys, and servers with different keys on one database."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as project_settings
from django.test import override_settings

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidRefreshToken, InvalidToken
from cinema.accounts.models import User
from cinema.accounts.sessions import Session
from tests.rules import ChangeRules
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

NEW, OTHER = "the new key of this server, which is long enough", "the key of another server, which is long enough"


@pytest.fixture
def ada() -> User:
    return a_user("ada")


@pytest.fixture
def session(ada: User) -> Session:
    return sessions.login(name=ada.username, password=PASSWORD, address="127.0.0.1")


@contextmanager
def keys(name: str, key: str, *earlier: str) -> Iterator[None]:
    """The server with this key in SECRET_KEY or JWT_SECRET_KEY, and with earlier keys."""
    settings: dict[str, object]
    rules: dict[str, object]
    if name == "SECRET_KEY":
        settings, rules = {name: key}, {"secret_key": key, "earlier_secret_keys": earlier}
    else:
        settings, rules = {"GRAPHQL_JWT": {**settings_of_tokens(), name: key}}, {"earlier_jwt_keys": earlier}
    with override_settings(**settings), pytest.MonkeyPatch.context() as patch:
        ChangeRules(patch)(**rules)
        yield


def settings_of_tokens() -> dict[str, object]:
    found: dict[str, object] = project_settings.GRAPHQL_JWT
    return found


def refresh(session: Session) -> Session:
    return sessions.refresh(token=session.refresh_token, address="127.0.0.1")


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SECRET_KEY"])
def test_sessions_survive_a_rotation(name: str, session: Session, ada: User) -> None:
    old = getattr(project_settings, name)
    with keys(name, NEW, OTHER, old):
        assert tokens.read_access_token(session.access_token)[0] == ada
        new_session = refresh(session)
    with keys(name, NEW):
        assert tokens.read_access_token(new_session.access_token)[0] == ada
        assert refresh(new_session).user == ada


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SECRET_KEY"])
def test_instances_accept_tokens_of_each_other_during_a_rotation(name: str, session: Session, ada: User) -> None:
    """One has been restarted with the new key. The other one already knows it as a fallback."""
    old = getattr(project_settings, name)
    with keys(name, NEW, old):
        of_new_instance = refresh(session)
    with keys(name, old, NEW):
        assert tokens.read_access_token(of_new_instance.access_token)[0] == ada
        of_old_instance = refresh(of_new_instance)
    with keys(name, NEW, old):
        assert tokens.read_access_token(of_old_instance.access_token)[0] == ada


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SECRET_KEY"])
def test_a_server_with_another_key_refuses_an_access_token(name: str, session: Session) -> None:
    with keys(name, OTHER, NEW), pytest.raises(InvalidToken):
        tokens.read_access_token(session.access_token)


def test_a_server_with_another_key_refuses_a_refresh_but_does_not_end_the_session(session: Session, ada: User) -> None:
    with keys("SECRET_KEY", OTHER, NEW), nothing_changes(), pytest.raises(InvalidRefreshToken):
        refresh(session)
    assert tokens.read_access_token(session.access_token)[0] == ada
    assert refresh(session).user == ada


def test_a_refresh_token_from_before_a_change_of_the_password_is_refused(session: Session, ada: User) -> None:
    ada.set_password("another password")
    ada.save()
    with pytest.raises(InvalidRefreshToken):
        refresh(session)
