import pytest

from cinema.accounts import sessions
from cinema.accounts.errors import InvalidRefreshToken
from cinema.accounts.sessions import Session
from cinema.models import User
from tests.accounts.sessions import age_used_tokens
from tests.conftest import Api
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

LOGOUT = """
mutation Logout($input: LogoutInput!) {
  logout(input: $input) {
    __typename
    ... on LoggedOut { everywhere }
    ... on Problem { message }
  }
}
"""

INVALID = {
    "logout": {
        "__typename": "InvalidRefreshToken",
        "message": "Your session has ended. Please log in again.",
    }
}


def a_session(user: User) -> Session:
    return sessions.login(name=user.username, password=PASSWORD, address="127.0.0.1")


def logged_out(*, everywhere: bool) -> dict[str, object]:
    return {"logout": {"__typename": "LoggedOut", "everywhere": everywhere}}


def has_ended(api: Api, session: Session) -> bool:
    """Whether both tokens are invalid. Fails if only one is."""
    ended = "errors" in Api(api.client, session.access_token)("{ me { id } }").body
    try:
        sessions.refresh(token=session.refresh_token, address="127.0.0.1")
    except InvalidRefreshToken:
        assert ended
    else:
        assert not ended
    return ended


def test_logging_out_ends_this_session_only(api: Api, buyer: User) -> None:
    session, other = a_session(buyer), a_session(buyer)
    api.token = session.access_token
    assert api(LOGOUT, input={}).data == logged_out(everywhere=False)
    assert api("{ me { id } }").code == "UNAUTHENTICATED"
    assert has_ended(api, session)
    assert not has_ended(api, other)


def test_logging_out_everywhere_ends_every_session_of_the_user(api: Api, buyer: User) -> None:
    session, other, other_users = a_session(buyer), a_session(buyer), a_session(a_user())
    api.token = session.access_token
    assert api(LOGOUT, input={"everywhere": True}).data == logged_out(everywhere=True)
    assert [has_ended(api, each) for each in (session, other, other_users)] == [True, True, False]


def test_a_refresh_token_ends_its_session_without_an_access_token(api: Api, buyer: User) -> None:
    session, other = a_session(buyer), a_session(buyer)
    response = api(LOGOUT, input={"refreshToken": session.refresh_token})
    assert response.data == logged_out(everywhere=False)
    assert [has_ended(api, session), has_ended(api, other)] == [True, False]


def test_a_refresh_token_ends_every_session_without_an_access_token(api: Api, buyer: User) -> None:
    session, other = a_session(buyer), a_session(buyer)
    response = api(LOGOUT, input={"refreshToken": session.refresh_token, "everywhere": True})
    assert response.data == logged_out(everywhere=True)
    assert [has_ended(api, session), has_ended(api, other)] == [True, True]


def test_a_refresh_token_ends_its_session_with_an_expired_access_token(api: Api, buyer: User) -> None:
    session = a_session(buyer)
    api.token = "not.a.token"
    response = api(LOGOUT, input={"refreshToken": session.refresh_token})
    assert response.data == logged_out(everywhere=False)
    assert has_ended(api, session)


@pytest.mark.parametrize("options", [{"everywhere": False}, {"everywhere": True}])
def test_an_unknown_refresh_token_ends_nothing(api: Api, buyer: User, options: dict[str, bool]) -> None:
    session = a_session(buyer)
    with nothing_changes():
        response = api(LOGOUT, input={"refreshToken": "x", **options})
    assert response.data == INVALID
    assert not has_ended(api, session)


def test_a_used_refresh_token_ends_nothing(api: Api, buyer: User) -> None:
    session = a_session(buyer)
    refreshed = sessions.refresh(token=session.refresh_token, address="127.0.0.1")
    age_used_tokens()
    with nothing_changes():
        response = api(LOGOUT, input={"refreshToken": session.refresh_token, "everywhere": True})
    assert response.data == INVALID
    assert not has_ended(api, refreshed)


def test_logging_out_requires_login(api: Api, buyer: User) -> None:
    session = a_session(buyer)
    with nothing_changes():
        response = api(LOGOUT, input={"everywhere": True})
    assert response.code == "UNAUTHENTICATED"
    assert not has_ended(api, session)


def test_logging_out_twice_is_unauthenticated(api: Api, buyer: User) -> None:
    api.token = a_session(buyer).access_token
    api(LOGOUT, input={})
    with nothing_changes():
        assert api(LOGOUT, input={}).code == "UNAUTHENTICATED"


CHANGE = {"currentPassword": PASSWORD, "newPassword": "a-seat-in-the-last-row"}


@pytest.mark.parametrize("everywhere", [False, True])
def test_fields_after_a_logout_in_the_same_request_have_no_viewer(api: Api, buyer: User, *, everywhere: bool) -> None:
    document = """
    mutation Both($end: LogoutInput!, $change: ChangePasswordInput!) {
      logout(input: $end) { __typename }
      changePassword(input: $change) { __typename }
    }
    """
    response = api.logged_in_as(buyer)(document, end={"everywhere": everywhere}, change=CHANGE)
    assert response.code == "UNAUTHENTICATED"
    assert response.body["errors"][0]["path"] == ["changePassword"]
    buyer.refresh_from_db()
    assert buyer.check_password(PASSWORD)


def test_fields_after_a_password_change_in_the_same_request_have_no_viewer(api: Api, buyer: User) -> None:
    document = """
    mutation Both($change: ChangePasswordInput!) {
      changePassword(input: $change) { __typename }
      logout(input: { everywhere: true }) { __typename }
    }
    """
    response = api.logged_in_as(buyer)(document, change=CHANGE)
    assert response.code == "UNAUTHENTICATED"
    assert response.body["errors"][0]["path"] == ["logout"]
    buyer.refresh_from_db()
    assert buyer.sessions_ended == 0
