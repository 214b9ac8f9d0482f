"""Generated queries of the API have the results that graphql-core returns."""

import json
from random import Random
from typing import Any

import pytest
from django.test import RequestFactory

from cinema.models import Booking, Movie, Screen, Show, Theater, Ticket, User
from schema.catalog.seat_maps import FIRST_MOMENT, cursor_of
from schema.engine.context import Context
from schema.root import schema
from tests import situations
from tests.conftest import global_id
from tests.executor.comparison import by_core, plan_of, written
from tests.executor.generated import a_document
from tests.executor.shadowing import READ_AT
from tests.fuzz.world import create_world

SCHEMA = schema._schema  # noqa: SLF001 - Strawberry has no public API for it
QUERIES = 25
NEED_LOGIN = {"myBookings", "booking", "seatTimeline", "timeline"}
NEED_STAFF = {"seatTimeline", "timeline"}
# A page is requested from one side. One or the other is used.
PAGE_ARGUMENTS = [{"last", "before", "after"}, {"first", "before", "after"}]


def scalars() -> dict[str, tuple[list[Any], list[Any]]]:
    """Examples of arguments that find something, and of invalid ones."""
    rows = [each for model in (Movie, Show, Theater, Screen, Booking, Ticket) for each in model.objects.all()[:3]]
    references = list(Booking.objects.values_list("reference", flat=True))
    return {
        "ID": ([global_id(row) for row in rows], ["x", 7]),
        "String": ([*references, "A1", "Drama", cursor_of(FIRST_MOMENT)], [1]),
        "Int": ([1, 2, 3], ["x", 1.5]),
        "Date": (["2026-12-24"], ["tomorrow"]),
        "DateTime": (["2020-01-01T00:00:00Z"], ["tomorrow"]),
    }


@pytest.mark.parametrize(
    "viewer",
    ["staff", pytest.param("anonymous", marks=pytest.mark.deep), pytest.param("customer", marks=pytest.mark.deep)],
)
def test_generated_queries(db: None, viewer: str) -> None:
    world = create_world()
    user: User | None = {"customer": world.customer, "staff": world.staff}.get(viewer)
    headers = {"Authorization": f"Bearer {situations.an_access_token(user)}"} if user else {}
    request = RequestFactory().post("/graphql", headers=headers)
    refused: set[str] = {"anonymous": NEED_LOGIN, "customer": NEED_STAFF}.get(viewer, set())
    examples, with_data = scalars(), 0
    for seed in range(QUERIES):
        choose = Random(f"{viewer}{seed}")  # noqa: S311 - no secret
        query = a_document(choose, SCHEMA, scalars=examples, omit=refused | PAGE_ARGUMENTS[seed % 2])
        plan = plan_of(SCHEMA, query.document)
        for variables in query.variables:
            # The seconds that are left of a hold may change between two executions.
            for _ in range(3):
                result = plan.execute(variables=variables, context=Context(request), hide_suggestions=True)
                expected = by_core(SCHEMA, query.document, variables=variables, context=Context(request))
                found, wanted = (READ_AT.sub("", written(each)) for each in (result, expected))
                if found == wanted:
                    break
            assert found == wanted, query
            with_data += len(json.dumps(result.data)) > 100
    assert with_data > QUERIES / 5
