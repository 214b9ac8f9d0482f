"""Uploads of posters: bodies larger than those of other requests, at one address only, and few at a time."""

import http.client
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from config import asgi, uploads
from config.uploads import TooManyUploads
from tests import situations
from tests.server.in_process import messages_to_post
from tests.serving import Server

# All tests use one server, so they run in one process.
pytestmark = pytest.mark.xdist_group("server")

FORM = "/admin/cinema/movie/add/"
MULTIPART = "multipart/form-data; boundary=x"
HALF, LARGE = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2, 2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def a_body(length: int) -> bytes:
    begin = b'--x\r\nContent-Disposition: form-data; name="poster"; filename="a"\r\n\r\n'
    end = b"\r\n--x--\r\n"
    return begin + b"0" * (length - len(begin) - len(end)) + end


def status_of(server: Server, path: str, length: int, content_type: str = MULTIPART) -> int:
    address = urlsplit(server.address)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)) as connection:
        connection.request("POST", path, a_body(length), {"Content-Type": content_type})
        return connection.getresponse().status


def test_a_file_that_is_too_large_gets_a_response(server: Server) -> None:
    # Refused, because there is no CSRF cookie. `tests/browser/test_staff_posters.py` uploads a picture.
    assert status_of(server, FORM, HALF) == 403
    assert status_of(server, FORM, LARGE) == 403
    assert status_of(server, FORM, settings.MAX_UPLOAD_BYTES + 1) == 413


@pytest.mark.parametrize(
    ("path", "content_type", "length", "expected"),
    [
        (FORM, MULTIPART, str(LARGE), True),
        (FORM, MULTIPART, str(HALF), False),
        (FORM, MULTIPART, "", False),
        (FORM, MULTIPART, "-1", False),
        (FORM, "application/json", str(LARGE), False),
        ("/admin/cinema/genre/add/", MULTIPART, str(LARGE), False),
        ("/graphql", MULTIPART, str(LARGE), False),
    ],
)
def test_an_upload_is_recognized(path: str, content_type: str, length: str, *, expected: bool) -> None:
    environ = {"PATH_INFO": path, "CONTENT_TYPE": content_type, "CONTENT_LENGTH": length}
    assert uploads.is_upload(environ) is expected


def test_few_uploads_are_received_at_a_time() -> None:
    with ExitStack() as others:
        for _ in range(uploads.MAX_UPLOADS):
            others.enter_context(uploads.in_progress())
        with pytest.raises(TooManyUploads), uploads.in_progress():
            pass
    with uploads.in_progress():
        pass


@pytest.mark.parametrize(("length", "others", "expected"), [(10**9, 0, 413), (LARGE, uploads.MAX_UPLOADS, 503)])
def test_a_refused_upload_is_in_the_access_log(
    length: int, others: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Mock()
    monkeypatch.setattr(asgi, "access_log", log)
    headers = {b"content-type": MULTIPART.encode(), b"content-length": str(length).encode()}
    with ExitStack() as stack:
        for _ in range(others):
            stack.enter_context(uploads.in_progress())
        start, *_ = messages_to_post(FORM, b"", headers=headers)
    assert start["status"] == expected
    (line,) = log.write.call_args_list
    assert line.kwargs["status"] == expected
    assert b"x-request-id" in dict(line.kwargs["headers"])


@pytest.mark.parametrize("is_from_staff", [True, False])
def test_staff_have_more_time_to_send_an_upload(
    settings: Any, monkeypatch: pytest.MonkeyPatch, *, is_from_staff: bool
) -> None:
    settings.SECONDS_TO_SEND_A_REQUEST = 0.05
    settings.SECONDS_TO_SEND_AN_UPLOAD = 30
    monkeypatch.setattr(uploads, "_is_from_staff", lambda _: is_from_staff)
    # A complete upload is refused, because there is no CSRF cookie.
    assert status_of_slow_upload() == (403 if is_from_staff else 408)


def status_of_slow_upload() -> int:
    """The response of the ASGI application to an upload that takes a third of a second."""
    headers = {b"content-type": MULTIPART.encode(), b"content-length": str(LARGE).encode()}
    start, *_ = messages_to_post(FORM, a_body(LARGE), headers=headers, seconds=1 / 3)
    status: int = start["status"]
    return status


def logged_in(**fields: Any) -> Client:
    client = Client()
    client.force_login(situations.a_user(**fields))
    return client


def logged_out() -> Client:
    """A client that still sends the cookie of its session."""
    client = logged_in(is_staff=True)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.logout()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (lambda: logged_in(is_staff=True), True),
        (lambda: logged_in(is_staff=True, is_active=False), False),
        (logged_in, False),
        (logged_out, False),
        (Client, False),
    ],
    ids=["staff", "inactive staff", "customer", "ended session", "no session"],
)
def test_only_a_staff_session_counts_as_staff(client: Callable[[], Client], *, expected: bool) -> None:
    environ = {"HTTP_COOKIE": client().cookies.output(attrs=[], header="", sep=";")}
    assert uploads._is_from_staff(environ) is expected  # noqa: SLF001 - the database is that of this thread
