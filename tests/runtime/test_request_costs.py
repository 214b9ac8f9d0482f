"""Which requests are expensive."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from cinema.runtime.request_costs import EXPENSIVE_SECONDS, MAX_BYTES, MAX_KEYS, RequestCosts, key_of


def environ(path: str = "/graphql", query_string: str = "") -> dict[str, str]:
    return {"PATH_INFO": path, "QUERY_STRING": query_string}


def body(**request: object) -> bytes:
    return json.dumps(request).encode()


def record(costs: RequestCosts, key: int, seconds: float, *, times: int) -> None:
    for _ in range(times):
        costs.record(key, seconds)


def test_a_document_is_expensive_if_its_requests_were() -> None:
    costs = RequestCosts()
    record(costs, 1, 3 * EXPENSIVE_SECONDS, times=30)
    record(costs, 2, EXPENSIVE_SECONDS / 3, times=30)
    assert [costs.is_expensive(key) for key in (1, 2, 3)] == [True, False, False]


def test_one_slow_request_does_not_make_a_document_expensive() -> None:
    costs = RequestCosts()
    record(costs, 1, 10 * EXPENSIVE_SECONDS, times=1)
    assert not costs.is_expensive(1)


def test_a_document_becomes_cheap_again() -> None:
    costs = RequestCosts()
    record(costs, 1, 3 * EXPENSIVE_SECONDS, times=30)
    record(costs, 1, 0.0, times=30)
    assert not costs.is_expensive(1)


def test_the_number_of_documents_is_limited() -> None:
    costs = RequestCosts()
    for number in range(MAX_KEYS + 1):
        record(costs, number, 1.0, times=5)
    assert not costs.is_expensive(0)
    assert costs.is_expensive(1)


def test_the_key_is_that_of_the_document_without_its_variables() -> None:
    document = "query ($n: Int) { a }"
    sent = [body(query=document, variables={"n": n}) for n in (1, 2)]
    in_url = [urlencode({"query": document, "variables": f'{{"n": {n}}}'}) for n in (1, 2)]

    keys = {key_of(environ(), each) for each in sent} | {key_of(environ(query_string=each), b"") for each in in_url}

    assert len(keys) == 1
    assert keys != {key_of(environ(), body(query="{ b }"))}


@pytest.mark.parametrize(
    "named", [lambda name: {"documentId": name}, lambda name: {"extensions": {"persistedQuery": {"sha256Hash": name}}}]
)
def test_documents_that_are_named_have_different_keys(named: Callable[[str], dict[str, object]]) -> None:
    sent = [body(**named(name), variables={"n": n}) for name in "ab" for n in (1, 2)]

    keys = [key_of(environ(), each) for each in sent]

    assert keys[0] == keys[1] != keys[2] == keys[3]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"\xff",
        body(query=5),
        body(extensions=1),
        body(extensions={"persistedQuery": []}),
        b'{"query": "' + b"x" * MAX_BYTES,
    ],
)
def test_every_body_has_a_key(sent: bytes) -> None:
    assert isinstance(key_of(environ(), sent), int)


def test_other_keys_are_those_of_paths() -> None:
    assert key_of(environ("/admin/"), b"a=1") == key_of(environ("/admin/", "q=1"), b"") != key_of(environ("/"), b"")
