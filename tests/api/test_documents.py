"""Documents are parsed once and cached. Settings control what errors and introspection disclose."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from graphql import DocumentNode, get_introspection_query, parse
from pytest_django import Settings

from schema.engine import documents
from schema.engine.documents import Document
from schema.root import schema
from tests.conftest import Api


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list to which every parsed document is appended."""
    texts: list[str] = []

    def record_and_parse(text: str) -> DocumentNode:
        texts.append(text)
        return parse(text)

    monkeypatch.setattr(documents, "parse", record_and_parse)
    documents.read_cached.cache_clear()
    return texts


def test_a_valid_document_is_parsed_once(api: Api, parsed: list[str]) -> None:
    for first in (1, 2, 3):
        assert api("query ($first: Int) { movies(first: $first) { totalCount } }", first=first).data
    assert len(parsed) == 1


def test_invalid_documents_do_not_evict_a_valid_one(
    api: Api, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents.read_cached.cache, "_Cache__maxsize", 400)
    valid = "{ me { id } }"
    assert api(valid).data == {"me": None}
    many_tokens = " ".join(["__typename"] * 40)
    for number in range(20):
        assert api(f"{{ nothing{number} {many_tokens} }}").code == "GRAPHQL_VALIDATION_FAILED"
    assert api(valid).data == {"me": None}
    assert parsed.count(valid) == 1


@pytest.mark.parametrize(("tokens_each", "kept"), [(8, 10), (40, 2), (80, 1), (84, 0)])
def test_the_cache_holds_as_many_documents_as_their_tokens_allow(
    api: Api, parsed: list[str], monkeypatch: pytest.MonkeyPatch, tokens_each: int, kept: int
) -> None:
    monkeypatch.setattr(documents.read_cached.cache, "_Cache__maxsize", 80)
    fields = " ".join(["__typename"] * (tokens_each - 7))
    texts = [f"query Q{number} {{ me {{ {fields} }} }}" for number in range(10)]
    for text in texts:
        assert api(text).data == {"me": None}
    parsed.clear()

    for text in reversed(texts):
        assert api(text).data == {"me": None}

    assert parsed == list(reversed(texts[: 10 - kept]))


LARGE_TEXTS = {
    "a comment": lambda number: f"{{ me {{ id }} }} #{number}" + "x" * 49_000,
    "a comment in another script": lambda number: f"{{ me {{ id }} }} #{number}" + "映" * 49_000,
    "comments": lambda number: f"{{ me {{ id }} }} #{number}" + "\n#" * 1_900,
    "a string": lambda number: f'{{ movies(after: "{number}' + "x" * 49_000 + '") { totalCount } }',
    "spaces": lambda number: f"query Q{number} {{ me {{ id }} }}" + " " * 49_000,
}


@pytest.mark.parametrize("text", LARGE_TEXTS.values(), ids=LARGE_TEXTS)
def test_the_size_of_a_document_is_its_memory(text: Callable[[int], str]) -> None:
    def read(number: int) -> Document:
        arguments = {"suggestions": False, "introspection": True}
        document = documents.read_cached.__wrapped__(text(number), schema._schema, **arguments)  # noqa: SLF001 - as below
        document.operation(None)
        return document

    # Fills the caches of the parser and of the schema.
    read(0)
    tracemalloc.start()
    read_documents = [read(number) for number in range(20)]
    # Validation leaves cycles behind.
    gc.collect()
    bytes_taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A token of a document that was also executed takes up to 2.5 kB.
    assert bytes_taken < sum(document.size for document in read_documents) * 2_500 * 1.5


@pytest.mark.parametrize("text", LARGE_TEXTS.values(), ids=LARGE_TEXTS)
def test_large_texts_take_a_part_of_the_cache(
    api: Api, parsed: list[str], monkeypatch: pytest.MonkeyPatch, text: Callable[[int], str]
) -> None:
    monkeypatch.setattr(documents.read_cached.cache, "_Cache__maxsize", 80)
    for number in (1, 2, 3, 4, 1):
        api(text(number))
    assert len(parsed) == 5


def test_a_cached_document_is_refused_if_its_variables_cost_too_much(api: Api, settings: Settings) -> None:
    document = "query ($first: Int) { movies(first: $first) { nodes { title } } }"
    settings.QUERY_LIMITS = settings.QUERY_LIMITS | {"cost": 300}
    assert api(document, first=5).data
    assert api(document, first=100).code == "QUERY_TOO_COMPLEX"
    assert api(document, first=5).data


MISSPELLED: list[tuple[str, dict[str, Any]]] = [
    ("{ movie { id } }", {}),
    ("{ movies { totalCont } }", {}),
    ("{ movies(frst: 1) { totalCount } }", {}),
    ("{ movies(orderBy: TITLE_AS) { totalCount } }", {}),
    ("{ movies(filter: { serch: 1 }) { totalCount } }", {}),
    ("query ($filter: MovieFiltr) { movies(filter: $filter) { totalCount } }", {}),
    ("{ node(id: 1) { ... on Movi { id } } }", {}),
    ("{ me @skp(if: true) { id } }", {}),
    ("query ($filter: MovieFilter) { movies(filter: $filter) { totalCount } }", {"filter": {"serch": "x"}}),
    ("query ($order: MovieOrder) { movies(orderBy: $order) { totalCount } }", {"order": "TITLE_AS"}),
]


def messages(api: Api, document: str, variables: dict[str, Any]) -> str:
    return " ".join(error["message"] for error in api(document, **variables).body["errors"])


@pytest.mark.parametrize(("document", "variables"), MISSPELLED)
def test_errors_do_not_suggest_names(api: Api, document: str, variables: dict[str, Any]) -> None:
    assert "Did you mean" not in messages(api, document, variables)


def test_errors_suggest_names_in_development(api: Api, settings: Settings) -> None:
    settings.DEBUG = True
    suggested = [document for document, variables in MISSPELLED if "Did you mean" in messages(api, document, variables)]
    # The other errors never have suggestions.
    assert len(suggested) == 8


def test_at_most_twenty_errors_are_returned(api: Api) -> None:
    response = api("{ me { " + " ".join(f"nothing{i}" for i in range(100)) + " } }")
    *errors, last = response.body["errors"]
    assert len(errors) == 20
    assert last["message"] == "Too many validation errors, error limit reached. Validation aborted."


@pytest.mark.parametrize("document", [get_introspection_query(), '{ __type(name: "Query") { name } }'])
def test_introspection_works_unless_disabled(api: Api, settings: Settings, document: str) -> None:
    assert api(document).data
    settings.INTROSPECTION = False
    response = api(document)
    assert {error["extensions"]["code"] for error in response.body["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    assert "introspection" in response.body["errors"][0]["message"]
    assert api("{ __typename }").data == {"__typename": "Query"}


def test_null_for_an_optional_input_field_is_refused_without_python_names(api: Api) -> None:
    document = "mutation Update($input: UpdateMovieInput!) { updateMovie(input: $input) { __typename } }"
    literal = document.replace("($input: UpdateMovieInput!)", "").replace("$input", '{ movieId: "x", genres: null }')
    for response in (api(literal), api(document, input={"movieId": "x", "genres": None})):
        messages = {error["message"] for error in response.body["errors"]}
        assert messages == {"An optional input field can be omitted, but it cannot be null."}


def test_an_invalid_trusted_document_is_refused_at_startup(settings: Settings) -> None:
    settings.TRUSTED_DOCUMENTS = {"a": "{ __typename }"}
    documents.check_trusted(schema._schema)  # noqa: SLF001 - Strawberry has no public API for it
    for text in ("{", "{ nothing }", "{ me { id } } #" + "x" * 50_000):
        settings.TRUSTED_DOCUMENTS = {"a": "{ __typename }", "b": text}
        with pytest.raises(ImproperlyConfigured, match="TRUSTED_DOCUMENTS: b: "):
            documents.check_trusted(schema._schema)  # noqa: SLF001 - as above
