"""Plans take a limited amount of memory."""

from itertools import product

import pytest
from graphql import parse

from schema.engine.executor import plan
from tests.executor import random_schema
from tests.executor.comparison import assert_same, plan_of

SCHEMA = random_schema.schema._schema  # noqa: SLF001 - Strawberry has no public API for it
DOCUMENT = parse(
    "query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!) {"
    " text a: text @skip(if: $a) b: text @skip(if: $b) c: text @include(if: $c) d: text @include(if: $d) }"
)


def test_the_plans_of_an_operation_are_limited_for_any_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MAX_PLANNED_FIELDS", 10)
    planned, root = plan_of(SCHEMA, DOCUMENT), random_schema.a_root(1, failure_percent=0)
    for values in product([True, False], repeat=4):
        variables = dict(zip("abcd", values, strict=True))
        assert_same(SCHEMA, DOCUMENT, variables=variables, root_value=root, plan=planned)
        # One more than allowed is planned before the others are deleted.
        assert sum(each.planned for each in planned._variants.values()) <= 10 + 5  # noqa: SLF001 - the limit applies to it
