"""The schema class, and how its operations are executed."""

from collections.abc import Sequence
from typing import Any

import strawberry
from django.conf import settings
from graphql import ExecutionContext, GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext as OperationContext

from schema.engine import problems
from schema.engine.documents import Documents
from schema.engine.errors import ErrorCodes, log_unforeseen
from schema.engine.problems import ProblemHandler
from schema.engine.scalars import SCALARS
from schema.engine.slices import Slice, mutation_type, query_type, subscription_type
from schema.engine.text_validation import StorableVariables


class Execution(ExecutionContext):
    """Leaves "Did you mean ...?" out of errors about variables, as validation does, except in development."""

    @classmethod
    def build(cls, *args: Any, **kwargs: Any) -> Any:
        return super().build(*args, **{**kwargs, "hide_suggestions": not settings.DEBUG})


class Schema(strawberry.Schema):
    def process_errors(self, found: list[GraphQLError], execution_context: OperationContext | None = None) -> None:
        log_unforeseen(found, execution_context)


def problem_handlers(slices: Sequence[Slice]) -> list[ProblemHandler]:
    return [*problems.PROBLEM_HANDLERS, *(handler for each in slices for handler in each.problems)]


def build_schema(slices: Sequence[Slice]) -> Schema:
    """One schema with what each of `slices` adds."""
    return Schema(
        query=query_type(slices),
        mutation=mutation_type(slices),
        subscription=subscription_type(slices),
        extensions=[ErrorCodes, Documents, StorableVariables],
        exception_handlers=problem_handlers(slices),
        execution_context_class=Execution,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
