"""The planned executor returns exactly what graphql-core returns, and a difference would be found."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from graphql import GraphQLID, GraphQLInt, OperationType
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from schema.engine.executor import arguments, completion, conversion, fields, plan, resolvers, run
from tests.executor import random_schema
from tests.executor.comparison import assert_same, by_core, plan_of, written
from tests.executor.generated import Generated, a_document

SCHEMA = random_schema.schema._schema  # noqa: SLF001 - Strawberry has no public API for it
SCALARS: dict[str, tuple[list[Any], list[Any]]] = {
    "Custom": ([1, 3, "x"], [2]),
    "DateTime": (["2026-01-01T00:00:00Z"], ["tomorrow", 1]),
}
SEEDS = st.integers(0, 2**32)
# The percentage of fields that fail.
FAILURE_PERCENTS = st.sampled_from([0, 1, 3, 10, 30])

examples = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)


def generated(seed: int, depth: int, operation: OperationType = OperationType.QUERY) -> Generated:
    choose = Random(seed)  # noqa: S311 - no secret
    return a_document(choose, SCHEMA, operation=operation, scalars=SCALARS, depth=depth)


def compare_requests(query: Generated, seed: int, failure_percent: int) -> None:
    """Compare requests for one document, which have different variables and find different data."""
    planned = plan_of(SCHEMA, query.document)
    for number, variables in enumerate(query.variables):
        root = random_schema.a_root(seed + number, failure_percent)
        assert_same(SCHEMA, query.document, variables=variables, root_value=root, plan=planned)


@settings(examples, max_examples=75)
@given(SEEDS, st.integers(1, 5), FAILURE_PERCENTS)
def test_queries(seed: int, depth: int, failure_percent: int) -> None:
    query = generated(seed, depth)
    note(repr(query))
    compare_requests(query, seed, failure_percent)


@settings(examples, max_examples=30)
@given(SEEDS, FAILURE_PERCENTS)
def test_mutations(seed: int, failure_percent: int) -> None:
    mutation = generated(seed, 2, OperationType.MUTATION)
    note(repr(mutation))
    compare_mutation(mutation, seed, failure_percent)


def compare_mutation(mutation: Generated, seed: int, failure_percent: int) -> None:
    variables = mutation.variables[0]
    root, root_of_core = random_schema.a_root(seed, failure_percent), random_schema.a_root(seed, failure_percent)
    expected = by_core(SCHEMA, mutation.document, variables=variables, root_value=root_of_core)
    result = plan_of(SCHEMA, mutation.document).execute(variables=variables, root_value=root, hide_suggestions=True)
    assert written(result) == written(expected)
    assert root.executed == root_of_core.executed


BUGS: dict[str, tuple[Any, str, Callable[[Any], Any]]] = {
    "null does not propagate": (run.Run, "fail", lambda fail: lambda *args, **_: fail(*args, nullable=True)),
    "errors have no index": (run, "_path", lambda path: lambda place: path((place[0], 0, place[2]))),
    "errors in values are ignored": (completion, "check", lambda _: lambda _: None),
    "@skip and @include use the first variables": (plan, "_variables_of_conditions", lambda _: lambda _: set()),
    "arguments use the first variables": (arguments, "_has_variable", lambda _: lambda _: False),
    "arguments that a resolver changed are kept": (arguments, "IMMUTABLE", lambda _: object),
    "an Int can be large": (fields, "MAX_INT", lambda _: 2**63),
    "variables are not checked": (plan, "UNCHANGED", lambda known: {**known, GraphQLInt: str}),
    "inputs that are not given are null": (
        conversion,
        "_converted",
        lambda _: lambda named, values: {python: convert(values.get(name)) for name, python, convert in named},
    ),
    "mutations fail instead of returning problems": (
        resolvers,
        "_with_handlers",
        lambda _: lambda _, __, resolve: resolve,
    ),
    "a Boolean is an ID": (completion, "UNCHANGED", lambda known: {**known, GraphQLID: bool}),
}


@pytest.mark.deep
@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, change = BUGS[bug]
    monkeypatch.setattr(place, name, change(getattr(place, name)))
    with pytest.raises(AssertionError):
        compare_many()


def compare_many() -> None:
    for seed in range(300):
        compare_requests(generated(seed, depth=4), seed, failure_percent=3)
        compare_mutation(generated(seed, 2, OperationType.MUTATION), seed, failure_percent=3)
