"""Queries that tests send are executed by graphql-core too, on the same data, and the results are compared."""

import dataclasses
import re
from typing import Any

import pytest
from django.db import connection
from graphql import DocumentNode, ExecutionResult, OperationType

from schema.engine.context import Context
from schema.engine.executor.plan import Plan
from tests.executor.comparison import by_core, written

# These depend on the time when they were read: the cursor of a seat map or its changes, and the time left of a hold.
READ_AT = re.compile('"bW9tZW50O[^"]*"|"(Booking_)?secondsLeft": [0-9]+')


def differences(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that receives the differences between results from now on. Mutations are not executed twice."""
    found: list[str] = []
    execute = Plan.execute

    def execute_both(
        plan: Plan, *, variables: Any = None, context: Any = None, hide_suggestions: bool = False, **root: Any
    ) -> ExecutionResult:
        result = execute(plan, variables=variables, context=context, hide_suggestions=hide_suggestions, **root)
        if plan.operation.operation is OperationType.QUERY and isinstance(context, Context):
            planned = written(result)
            document = DocumentNode(definitions=(plan.operation, *plan.fragments.values()))
            queries = len(connection.queries_log)
            core = by_core(
                plan.schema,
                document,
                variables=variables,
                context=dataclasses.replace(context),
                hide_suggestions=hide_suggestions,
            )
            # Tests count the queries of one execution.
            while len(connection.queries_log) > queries:
                connection.queries_log.pop()
            expected = written(core)
            if READ_AT.sub("read_at", planned) != READ_AT.sub("read_at", expected):
                found.append(f"planned: {planned}\ngraphql-core: {expected}")
        return result

    monkeypatch.setattr(Plan, "execute", execute_both)
    return found
