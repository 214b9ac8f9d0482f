"""Uploads of pictures by staff. Their bodies are larger than those of other requests, so few are received at a time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error
from django.http import HttpRequest, parse_cookie

from cinema.runtime import database_threads

PATH = "/admin/cinema/movie/"
# How many uploads a process keeps in memory. Anyone can send one, because permissions are
# checked only when it is complete.
MAX_UPLOADS = 4


class TooManyUploads(Exception):
    """Other uploads are in progress."""


_in_progress = 0


def is_upload(environ: Mapping[str, Any]) -> bool:
    """Whether the request uploads a file, and its body is larger than that of other requests."""
    return (
        environ["PATH_INFO"].startswith(PATH)
        and environ.get("CONTENT_TYPE", "").startswith("multipart/form-data")
        and length(environ) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    )


def length(environ: Mapping[str, Any]) -> int:
    """The length of the body. 0 if the client did not send it. Browsers do."""
    text = environ.get("CONTENT_LENGTH", "")
    return int(text) if text.isdecimal() else 0


async def seconds_to_send(environ: Mapping[str, Any]) -> float:
    """How long the client can take to send the upload. Staff have more time, because their line may be slow."""
    is_from_staff = await database_threads.run(_is_from_staff, environ)
    return settings.SECONDS_TO_SEND_AN_UPLOAD if is_from_staff else settings.SECONDS_TO_SEND_A_REQUEST


@contextmanager
def in_progress() -> Iterator[None]:
    """While an upload is received and handled. Raises `TooManyUploads`."""
    global _in_progress  # noqa: PLW0603 - the event loop is the only thread that changes it
    if _in_progress >= MAX_UPLOADS:
        raise TooManyUploads
    _in_progress += 1
    try:
        yield
    finally:
        _in_progress -= 1


def _is_from_staff(environ: Mapping[str, Any]) -> bool:
    """Whether the request has a staff session. Django checks permissions and the CSRF token when it has the body."""
    session_key = parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.SESSION_COOKIE_NAME)
    if session_key is None:
        return False
    request = HttpRequest()
    request.session = SessionStore(session_key)
    try:
        user = get_user(request)
    except Error:
        return False
    return user.is_active and user.is_staff
