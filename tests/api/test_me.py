from typing import Any

import pytest

from cinema.models import User
from tests.conftest import Api, global_id
from tests.situations import a_staff_member, an_access_token

ME = "query Me { me { id username email isStaff } }"
ANONYMOUS: dict[str, Any] = {"me": None}


def profile(user: User) -> dict[str, Any]:
    return {
        "me": {
            "id": global_id(user),
            "username": user.username,
            "email": user.email,
            "isStaff": user.is_staff,
        }
    }


def test_me_is_null_for_an_anonymous_user(api: Api) -> None:
    assert api(ME).data == ANONYMOUS


def test_me_is_the_profile_of_a_customer(api: Api, buyer: User) -> None:
    assert api.logged_in_as(buyer)(ME).data == profile(buyer)


def test_me_is_the_profile_of_a_staff_member(api: Api) -> None:
    staff = a_staff_member()
    assert api.logged_in_as(staff)(ME).data == profile(staff)
    assert staff.is_staff


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_token_is_read_from_the_authorization_header(api: Api, buyer: User, scheme: str) -> None:
    response = api.post({"query": ME}, Authorization=f"{scheme} {an_access_token(buyer)}")
    assert response.data == profile(buyer)


@pytest.mark.parametrize("scheme", ["JWT", "Token", "Basic", "Bearer:", "BearerBearer"])
def test_a_token_of_another_scheme_is_ignored(api: Api, buyer: User, scheme: str) -> None:
    assert api.post({"query": ME}, Authorization=f"{scheme} {an_access_token(buyer)}").data == ANONYMOUS


def test_a_token_without_a_scheme_is_ignored(api: Api, buyer: User) -> None:
    assert api.post({"query": ME}, Authorization=an_access_token(buyer)).data == ANONYMOUS


@pytest.mark.parametrize("header", ["X-Authorization", "Proxy-Authorization", "X-Access-Token", "JWT"])
def test_a_token_in_another_header_is_ignored(api: Api, buyer: User, header: str) -> None:
    assert api.post({"query": ME}, **{header: f"Bearer {an_access_token(buyer)}"}).data == ANONYMOUS


@pytest.mark.parametrize("cookie", ["JWT", "jwt", "token", "access_token", "Authorization"])
def test_a_token_in_a_cookie_is_ignored(api: Api, buyer: User, cookie: str) -> None:
    api.client.cookies[cookie] = an_access_token(buyer)
    assert api(ME).data == ANONYMOUS


def test_an_admin_session_is_not_a_login(api: Api) -> None:
    api.client.force_login(a_staff_member(), backend="django.contrib.auth.backends.ModelBackend")
    assert api(ME).data == ANONYMOUS


@pytest.mark.parametrize("parameter", ["token", "access_token", "jwt", "authorization"])
def test_a_token_in_the_url_is_ignored(api: Api, buyer: User, parameter: str) -> None:
    url = f"/graphql?{parameter}={an_access_token(buyer)}"
    response = api.client.post(url, {"query": ME}, content_type="application/json")
    assert response.json() == {"data": ANONYMOUS}


def test_a_token_in_the_request_body_is_ignored(api: Api, buyer: User) -> None:
    token = an_access_token(buyer)
    body = {"query": ME, "variables": {"token": token}, "extensions": {"authorization": f"Bearer {token}"}}
    assert api.post(body).data == ANONYMOUS


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "é", "two words"])
def test_me_with_an_invalid_token_is_an_error(api: Api, token: str) -> None:
    response = api.post({"query": ME}, Authorization=f"Bearer {token}")
    assert response.body == {
        "data": ANONYMOUS,
        "errors": [
            {
                "message": "The access token is invalid. Please log in again.",
                "locations": [{"line": 1, "column": 12}],
                "path": ["me"],
                "extensions": {"code": "UNAUTHENTICATED"},
            }
        ],
    }


def test_public_fields_work_with_an_invalid_token(api: Api) -> None:
    api.token = "garbage"
    assert api("{ movies { totalCount } }").data == {"movies": {"totalCount": 0}}
