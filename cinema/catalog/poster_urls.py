"""URLs of posters: on other servers, or paths of posters that staff uploaded to this one."""

import re

from django.core.validators import URLValidator

from cinema.catalog.rules import rules

# The address at which this server has uploaded posters. Names contain a hash of the picture, and its width.
PATH = "/media/posters/"
NAME = r"[0-9a-f]{32}-(?:640|320)\.webp"
_is_uploaded = re.compile(re.escape(PATH) + NAME).fullmatch
_validate_url = URLValidator(schemes=["http", "https"])


def is_uploaded(url: str) -> bool:
    """Whether a stored URL is that of an uploaded poster."""
    return _is_uploaded(url) is not None


def validate(url: str) -> None:
    if not is_uploaded(url):
        _validate_url(url)


def as_stored(url: str) -> str:
    """The URL as it is stored: that of an uploaded poster is a path, so that the server can get another address."""
    path = url.removeprefix(rules().media_origin)
    return path if is_uploaded(path) else url


def for_clients(stored: str) -> str | None:
    """The URL that clients get. None if there is no poster."""
    return f"{rules().media_origin}{stored}" if stored.startswith(PATH) else stored or None
