"""Checks that the statements of the measured requests use indexes in the full database."""

import json
from collections.abc import Iterable

from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from config.api import graphql
from tests.bench.console import report
from tests.bench.contenders import Failed
from tests.bench.driver import Request
from tests.plans import sequential_scans

# Statements may read all of a smaller table, such as that of movies. That takes less time than using an index.
LARGE_TABLE = 10_000


def check(found: Iterable[tuple[str, Request]]) -> None:
    """Execute each request, with its name, in this process. Raises `Failed` if one reads a whole large table."""
    for name, request in found:
        headers = {"Authorization": f"Bearer {request.token}"} if request.token else {}
        with CaptureQueriesContext(connection) as captured:
            response = graphql(
                RequestFactory().post(request.path, request.body, content_type="application/json", headers=headers)
            )
        if "errors" in json.loads(response.content):
            raise Failed(f"{name}: {response.content[:1_000]!r}")
        scans = sequential_scans((query["sql"] for query in captured), min_rows=LARGE_TABLE)
        if scans:
            raise Failed(f"{name} scans a large table sequentially: {scans}")
        report(f"{name:32} {len(captured):2} statements, all with indexes")
