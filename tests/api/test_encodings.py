"""The character encoding and the content coding of responses."""

import json
import zlib
from typing import Any

import brotli
import pytest
from django.test import Client
from pytest_django import Settings

from cinema.models import Movie
from schema.engine.http.compression import MIN_BYTES, Coding, negotiate
from tests import situations

pytestmark = pytest.mark.django_db

TITLES = "{ movies(first: 50) { nodes { title } } }"
DECODERS = {"gzip": lambda content: zlib.decompress(content, 31), "br": brotli.decompress, None: bytes}
CREATE_MOVIE = 'mutation { createMovie(input: { title: "Alien", durationMinutes: 100 }) { __typename } }'


def post(query: str, accept_encoding: str | None = None, **variables: Any) -> Any:
    headers = {} if accept_encoding is None else {"Accept-Encoding": accept_encoding}
    body = {"query": query, "variables": variables}
    return Client().post("/graphql", json.dumps(body), content_type="application/json", headers=headers)


def content_of(response: Any) -> bytes:
    """The content of the response, decompressed."""
    return bytes(DECODERS[response.headers.get("Content-Encoding")](response.content))


@pytest.fixture
def _many_movies() -> None:
    """Enough movies with long titles that the response is compressed."""
    for number in range(50):
        situations.a_movie(f"{number} days of a movie with a long title")


def test_a_response_is_in_utf_8() -> None:
    situations.a_movie("Amélie 映画 🎬")
    content = post(TITLES).content
    assert "Amélie 映画 🎬".encode() in content
    assert json.loads(content) == {"data": {"movies": {"nodes": [{"title": "Amélie 映画 🎬"}]}}}


@pytest.mark.parametrize(
    ("accept_encoding", "name"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("br", "br"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("deflate, zstd", "identity"),
        ("gzip;q=1.0, br;q=0.9", "gzip"),
        ("gzip ; q = 0.2 , br ; q=0.1", "gzip"),
        ("gzip;q=0.001", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", "identity"),
        ("*", "br"),
        ("*;q=0.5, br;q=0.1", "gzip"),
        ("*;q=0, gzip", "gzip"),
        ("*;q=0, identity", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.6", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("identity;q=0", None),
        ("*;q=0", None),
        ("identity;q=0, br;q=0, gzip;q=0", None),
        ("identity;q=0, deflate", None),
        # Malformed values are ignored.
        ("gzip;q=x, br;q=2, ;q=1, ,", "identity"),
        ("gzip;q=nan, br;q=-1", "identity"),
    ],
)
def test_the_preferred_content_coding_is_used(accept_encoding: str, name: str | None) -> None:
    coding = negotiate(accept_encoding)
    assert (coding and coding.name) == name


@pytest.mark.usefixtures("_many_movies")
@pytest.mark.parametrize(("accept_encoding", "coding"), [("gzip", "gzip"), ("gzip, br", "br"), ("deflate", None)])
def test_a_long_response_is_compressed(accept_encoding: str, coding: str | None) -> None:
    plain = post(TITLES)
    response = post(TITLES, accept_encoding)
    assert response.headers.get("Content-Encoding") == coding
    assert content_of(response) == plain.content
    assert len(plain.content) > MIN_BYTES
    assert (len(response.content) < len(plain.content) / 2) == (coding is not None)


@pytest.mark.usefixtures("_many_movies")
@pytest.mark.parametrize("accept_encoding", [None, "gzip", "identity"])
def test_caches_learn_that_a_response_depends_on_the_coding(accept_encoding: str | None) -> None:
    for query in (TITLES, "{ __typename }", "{"):
        assert "Accept-Encoding" in post(query, accept_encoding).headers["Vary"].split(", ")


def test_a_short_response_is_compressed_only_if_the_client_accepts_no_other() -> None:
    assert "Content-Encoding" not in post("{ __typename }", "gzip").headers
    response = post("{ __typename }", "gzip, identity;q=0")
    assert response.headers["Content-Encoding"] == "gzip"
    assert json.loads(content_of(response)) == {"data": {"__typename": "Query"}}
    assert negotiate("gzip, identity;q=0") == Coding("gzip", min_bytes=0)


def test_a_client_that_accepts_no_coding_gets_an_error_and_nothing_is_executed() -> None:
    staff = situations.a_staff_member("add_movie")
    authorization = f"Bearer {situations.an_access_token(staff)}"
    for accept_encoding, status, movies in (("identity;q=0", 406, 0), ("identity", 200, 1)):
        response = Client().post(
            "/graphql",
            {"query": CREATE_MOVIE},
            content_type="application/json",
            headers={"Accept-Encoding": accept_encoding, "Authorization": authorization},
        )
        assert response.status_code == status, response.content
        assert Movie.objects.count() == movies
        assert response.headers["Content-Type"] == "application/json"


@pytest.mark.usefixtures("_many_movies")
def test_the_response_limit_applies_to_uncompressed_content(settings: Settings) -> None:
    plain, compressed = post(TITLES).content, post(TITLES, "gzip").content
    settings.MAX_ANSWER_BYTES = (len(plain) + len(compressed)) // 2
    (error,) = json.loads(content_of(post(TITLES, "gzip")))["errors"]
    assert error["extensions"]["limitName"] == "answerBytes"
