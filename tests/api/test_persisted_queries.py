"""Automatic persisted queries: a request has the hash of a document instead of its text."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cachetools import LRUCache
from pytest_django import Settings

from schema.engine import persisted
from tests.api.exchanges import message_of
from tests.api.test_http import get
from tests.conftest import Api
from tests.stored import nothing_changes

DOCUMENT = "query Me { me { id } }"
LOGOUT = "mutation { logout(input: {}) { __typename } }"


@pytest.fixture(autouse=True)
def _nothing_stored() -> Iterator[None]:
    persisted.clear()
    yield
    persisted.clear()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def by_hash(text: str, **more: Any) -> dict[str, Any]:
    """A request with the hash of `text`."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}, **more}


def with_text(text: str, **more: Any) -> dict[str, Any]:
    return by_hash(text, query=text, **more)


def test_a_document_is_executed_by_its_hash_after_it_was_sent_once(api: Api) -> None:
    missing = api.post(by_hash(DOCUMENT))
    assert (missing.status, message_of(missing), missing.code) == (
        200,
        "PersistedQueryNotFound",
        "PERSISTED_QUERY_NOT_FOUND",
    )
    assert missing.headers["Cache-Control"] == "no-store"
    assert api.post(with_text(DOCUMENT)).data == {"me": None}
    for empty in ({}, {"query": None}, {"query": ""}):
        assert api.post(by_hash(DOCUMENT, **empty)).data == {"me": None}
    assert api.post({"documentId": f"sha256:{sha256(DOCUMENT)}"}).data == {"me": None}


def test_the_status_of_a_missing_document_follows_the_media_type(api: Api) -> None:
    response = api.post(by_hash(DOCUMENT), Accept="application/graphql-response+json")
    assert (response.status, response.code) == (400, "PERSISTED_QUERY_NOT_FOUND")


def test_variables_and_operation_name_work_with_a_hash(api: Api) -> None:
    document = "query A { me { id } } query B($first: Int) { movies(first: $first) { nodes { id } } }"
    api.post(with_text(document, operationName="A"))
    assert api.post(by_hash(document, operationName="B", variables={"first": 1})).data == {"movies": {"nodes": []}}


def test_get_works_with_a_hash(api: Api) -> None:
    extensions = json.dumps(by_hash(DOCUMENT)["extensions"])
    assert get(api, extensions=extensions).code == "PERSISTED_QUERY_NOT_FOUND"
    assert get(api, extensions=extensions, query=DOCUMENT).data == {"me": None}
    assert get(api, extensions=extensions).data == {"me": None}
    assert get(api, documentId=f"sha256:{sha256(DOCUMENT)}").data == {"me": None}


def test_a_stored_mutation_cannot_be_sent_with_get(api: Api) -> None:
    assert api.post(with_text(LOGOUT)).code == "UNAUTHENTICATED"
    with nothing_changes():
        assert get(api, documentId=f"sha256:{sha256(LOGOUT)}").status == 405


def test_the_hash_must_be_that_of_the_text(api: Api) -> None:
    for document, text in ((DOCUMENT, LOGOUT), (DOCUMENT, "\ud800")):
        response = api.post(by_hash(document, query=text))
        assert (response.status, response.code) == (200, "PERSISTED_QUERY_HASH_MISMATCH")
        assert api.post(by_hash(document)).code == "PERSISTED_QUERY_NOT_FOUND"


def test_invalid_documents_are_not_stored(api: Api) -> None:
    for text in ("{ nothing }", "{", "{ me { id } } #" + "x" * 50_000):
        assert api.post(with_text(text)).body["errors"]
        assert api.post(by_hash(text)).code == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"extensions": {"persistedQuery": "x"}},
            "`extensions.persistedQuery` must be an object with `version` and `sha256Hash`.",
        ),
        (
            {"extensions": {"persistedQuery": {"sha256Hash": "x"}}},
            "`extensions.persistedQuery` must be an object with `version` and `sha256Hash`.",
        ),
        (
            {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "x"}}},
            "The `version` of `extensions.persistedQuery` must be 1.",
        ),
        (
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 5}}},
            "The identifier of a document must be a string of 1 to 200 characters.",
        ),
        (
            {"extensions": {"persistedQuery": {"version": 1}}, "query": DOCUMENT},
            "The identifier of a document must be a string of 1 to 200 characters.",
        ),
        ({"documentId": "x" * 201}, "The identifier of a document must be a string of 1 to 200 characters."),
        (
            {"documentId": "x", "query": DOCUMENT},
            "`documentId` cannot be combined with `query` or `extensions.persistedQuery`.",
        ),
        (by_hash(DOCUMENT, query=5), "`query` must be the text of a GraphQL document."),
    ],
)
def test_a_malformed_identifier_is_a_bad_request(api: Api, body: dict[str, Any], message: str) -> None:
    response = api.post(body)
    assert (response.status, response.code, message_of(response)) == (400, "BAD_USER_INPUT", message)


def test_the_documents_used_last_are_stored_up_to_a_size(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"query Q{number} {{ me {{ id }} }}" for number in range(4)]
    three = LRUCache[str, str](3 * persisted._size(texts[0]), getsizeof=persisted._size)  # noqa: SLF001 - nothing else shows it
    monkeypatch.setattr(persisted, "_stored", three)

    def is_stored(text: str) -> bool:
        return "data" in api.post(by_hash(text)).body

    for text in texts[:3]:
        api.post(with_text(text))
    assert is_stored(texts[0])
    api.post(with_text(texts[3]))
    assert [is_stored(text) for text in texts] == [True, False, True, True]

    long = "{ me { id } } #" + "x" * 10_000
    assert api.post(with_text(long)).data == {"me": None}
    assert not is_stored(long)
    assert is_stored(texts[3])


def test_persisted_queries_can_be_turned_off(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persisted, "_stored", LRUCache(0))
    assert api.post(with_text(DOCUMENT)).data == {"me": None}
    response = api.post(by_hash(DOCUMENT))
    assert (message_of(response), response.code) == ("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")


@pytest.fixture
def _trusted(settings: Settings) -> None:
    settings.TRUSTED_DOCUMENTS = {"me": DOCUMENT, sha256(LOGOUT): LOGOUT}


@pytest.mark.usefixtures("_trusted")
def test_trusted_documents_are_executed_by_their_identifier(api: Api) -> None:
    for body in (
        {"documentId": "me"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "me"}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "me"}}, "query": DOCUMENT},
    ):
        assert api.post(body).data == {"me": None}
    assert api.post({"documentId": f"sha256:{sha256(LOGOUT)}"}).code == "UNAUTHENTICATED"
    assert get(api, documentId="me").data == {"me": None}


@pytest.mark.usefixtures("_trusted")
def test_other_documents_are_refused(api: Api) -> None:
    other = "{ __typename }"
    for body in ({"query": DOCUMENT}, {"query": other}, with_text(other), by_hash(other), {"documentId": "nothing"}):
        assert api.post(body).code == "DOCUMENT_NOT_TRUSTED"
    mismatch = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "me"}}, "query": other}
    assert api.post(mismatch).code == "PERSISTED_QUERY_HASH_MISMATCH"
