"""No call of any operation causes a server error, whether an anonymous user, a customer or staff sends it."""

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from graphql import GraphQLInterfaceType, build_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from cinema.booking import bookings
from cinema.core.errors import Busy
from schema.root import schema
from tests.conftest import Api, ApiResponse
from tests.fuzz.calls import operations, prepared
from tests.fuzz.conftest import is_deep
from tests.fuzz.world import create_world

# The codes of client errors.
CLIENT_ERRORS = {
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "BAD_USER_INPUT",
    "GRAPHQL_VALIDATION_FAILED",
    "QUERY_TOO_COMPLEX",
}


def problems() -> set[str]:
    sdl = build_schema(schema.as_str())
    problem = sdl.type_map["Problem"]
    assert isinstance(problem, GraphQLInterfaceType)
    return {each.name for each in sdl.get_implementations(problem).objects}


def outcome(response: ApiResponse) -> str:
    """The error codes, or else the type of the result. Fails if there is a server error."""
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    codes = {error["extensions"]["code"] for error in response.body.get("errors", [])}
    assert codes <= CLIENT_ERRORS, response.body
    if codes:
        return "/".join(sorted(codes))
    (result,) = response.data.values()
    name = str(result.get("__typename", "ok")) if isinstance(result, dict) else type(result).__name__
    # There are no other users to wait for.
    assert name != "Busy"
    return name


def outcomes(viewer: Api, operation: Any, *, examples: int, mode: GenerationMode) -> Counter[str]:
    """The outcomes of calls of one operation. Each call is rolled back."""
    counts: Counter[str] = Counter()

    @settings(
        settings.get_profile("deep" if is_deep() else "short"),
        max_examples=examples,
        # No deadline, because durations depend on the load of the machine.
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), st.sampled_from([True, True, False]))
    def call(case: Any, plausible: Any) -> None:
        before = transaction.savepoint()
        response = viewer(prepared(case.body, plausible=plausible))
        transaction.savepoint_rollback(before)
        assert not viewer.client.cookies
        counts[outcome(response)] += 1

    call()
    return counts


@pytest.mark.deep
@pytest.mark.parametrize("actor", ["staff", "anonymous", "customer"])
def test_no_call_causes_a_server_error(api: Api, actor: str) -> None:
    world = create_world()
    viewers = {
        "anonymous": api,
        "customer": api.logged_in_as(world.customer),
        "staff": api.logged_in_as(world.staff),
    }
    examples = settings.get_profile("deep" if is_deep() else "short").max_examples
    successful: list[str] = []
    unsuccessful: list[str] = []
    for operation in operations(world.dictionaries(api)):
        valid = outcomes(viewers[actor], operation, examples=examples, mode=GenerationMode.POSITIVE)
        invalid = outcomes(viewers[actor], operation, examples=examples // 4, mode=GenerationMode.NEGATIVE)
        print(f"{actor} {operation.label}: {dict(valid)}; invalid: {dict(invalid)}")  # noqa: T201 - a report
        succeeded = set(valid) - CLIENT_ERRORS - problems() - {"NoneType"}
        (successful if succeeded else unsuccessful).append(operation.label)
    # Staff have every permission. If too few operations succeed, the generated calls test too little.
    if actor == "staff":
        least = 0.8 if is_deep() else 0.5
        assert len(successful) >= least * len(successful + unsuccessful), unsuccessful


@pytest.mark.parametrize(
    ("failure", "reported"), [(LookupError(), "INTERNAL_SERVER_ERROR"), (Busy(retry_after_ms=1), "Busy")]
)
def test_an_error_for_some_arguments_is_found(
    api: Api, monkeypatch: pytest.MonkeyPatch, failure: Exception, reported: str
) -> None:
    book = bookings.book

    def fail_outside_row_a(**arguments: Any) -> Any:
        if not all(label.startswith("A") for label in arguments["labels"]):
            raise failure
        return book(**arguments)

    world = create_world()
    monkeypatch.setattr(bookings, "book", fail_outside_row_a)
    (book_seat,) = (each for each in operations(world.dictionaries(api)) if each.label == "Mutation.bookSeat")

    with pytest.raises(AssertionError, match=reported):
        outcomes(api.logged_in_as(world.customer), book_seat, examples=60, mode=GenerationMode.POSITIVE)
