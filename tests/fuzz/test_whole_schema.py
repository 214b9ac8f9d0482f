"""Nothing that is sent to any operation, by nobody, a customer or staff, is answered with an error of ours."""

from collections import Counter
from datetime import timedelta
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
from tests.fuzz import world
from tests.fuzz.calls import operations, spelled
from tests.fuzz.conftest import is_deep

# Whose errors these are: the client's.
CODES = {
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
    """What became of a call, in a word: codes, or the type of the result. Fails where the server did."""
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    codes = {error["extensions"]["code"] for error in response.body.get("errors", [])}
    assert codes <= CODES, response.body
    if codes:
        return "/".join(sorted(codes))
    (result,) = response.data.values()
    name = str(result.get("__typename", "ok")) if isinstance(result, dict) else type(result).__name__
    # Nobody else is there to be waited for.
    assert name != "Busy"
    return name


def outcomes(viewer: Api, operation: Any, *, examples: int, mode: GenerationMode) -> Counter[str]:
    """What became of calls of one operation. Each finds the world as it was."""
    found: Counter[str] = Counter()

    @settings(
        settings.get_profile("deep" if is_deep() else "short"),
        max_examples=examples,
        deadline=timedelta(seconds=10),
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), st.sampled_from([True, True, False]))
    def call(case: Any, plausible: Any) -> None:
        before = transaction.savepoint()
        result = viewer(spelled(case.body, plausible=plausible))
        transaction.savepoint_rollback(before)
        assert not viewer.client.cookies
        found[outcome(result)] += 1

    call()
    return found


@pytest.mark.parametrize("actor", ["nobody", "customer", "staff"])
def test_no_call_is_answered_with_an_error_of_ours(api: Api, actor: str) -> None:
    stage = world.build()
    viewer = {"nobody": api, "customer": api.logged_in_as(stage.customer), "staff": api.logged_in_as(stage.staff)}[
        actor
    ]
    examples = settings.get_profile("deep" if is_deep() else "short").max_examples
    successful: list[str] = []
    unsuccessful: list[str] = []
    for operation in operations(stage.dictionaries(api)):
        valid = outcomes(viewer, operation, examples=examples, mode=GenerationMode.POSITIVE)
        invalid = outcomes(viewer, operation, examples=examples // 4, mode=GenerationMode.NEGATIVE)
        print(f"{actor} {operation.label}: {dict(valid)}; invalid: {dict(invalid)}")  # noqa: T201 - a report
        done = set(valid) - CODES - problems() - {"NoneType"}
        (successful if done else unsuccessful).append(operation.label)
    # Staff may do everything: calls that are made up are no test where none of them gets through.
    if actor == "staff":
        least = 0.8 if is_deep() else 0.5
        assert len(successful) >= least * len(successful + unsuccessful), unsuccessful


@pytest.mark.parametrize(
    ("failure", "complaint"), [(LookupError(), "INTERNAL_SERVER_ERROR"), (Busy(retry_after_ms=1), "Busy")]
)
def test_an_operation_that_fails_for_some_arguments_is_found(
    api: Api, monkeypatch: pytest.MonkeyPatch, failure: Exception, complaint: str
) -> None:
    book = bookings.book

    def fail_outside_row_a(**arguments: Any) -> Any:
        if not all(label.startswith("A") for label in arguments["labels"]):
            raise failure
        return book(**arguments)

    stage = world.build()
    monkeypatch.setattr(bookings, "book", fail_outside_row_a)
    (book_seat,) = (each for each in operations(stage.dictionaries(api)) if each.label == "Mutation.bookSeat")

    with pytest.raises(AssertionError, match=complaint):
        outcomes(api.logged_in_as(stage.customer), book_seat, examples=60, mode=GenerationMode.POSITIVE)
