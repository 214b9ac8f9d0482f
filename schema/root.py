"""The schema: every slice's queries and mutations, merged."""

from typing import Any

import strawberry
from django.conf import settings
from graphql import ExecutionContext, GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext as Operation

from schema import accounts, booking, errors, holds, programming, recovery
from schema.accounts import AccountsMutation, AccountsQuery
from schema.booking import BookingMutation, BookingQuery
from schema.catalog import CatalogQuery
from schema.documents import Documents
from schema.errors import ErrorCodes, log_unforeseen
from schema.holds import HoldsMutation
from schema.nodes import NodeQuery
from schema.programming import ProgrammingMutation
from schema.realtime import RealtimeQuery, RealtimeSubscription
from schema.recovery import RecoveryMutation
from schema.scalars import SCALARS
from schema.texts import StorableVariables


@strawberry.type(description="What can be asked.")
class Query(NodeQuery, CatalogQuery, BookingQuery, RealtimeQuery, AccountsQuery):
    pass


@strawberry.type(description="What can be done. Each takes one `input` and answers with its success or a `Problem`.")
class Mutation(AccountsMutation, RecoveryMutation, BookingMutation, HoldsMutation, ProgrammingMutation):
    pass


@strawberry.type(description="What can be watched, over a WebSocket.")
class Subscription(RealtimeSubscription):
    pass


class Execution(ExecutionContext):
    """Does not tell in errors about variables which names there are, as validation does not; except in development."""

    @classmethod
    def build(cls, *args: Any, **kwargs: Any) -> Any:
        return super().build(*args, **{**kwargs, "hide_suggestions": not settings.DEBUG})


class Schema(strawberry.Schema):
    def process_errors(self, found: list[GraphQLError], execution_context: Operation | None = None) -> None:
        log_unforeseen(found, execution_context)


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    extensions=[ErrorCodes, Documents, StorableVariables],
    exception_handlers=[
        *errors.ANSWERS,
        *accounts.ANSWERS,
        *recovery.ANSWERS,
        *booking.ANSWERS,
        *holds.ANSWERS,
        *programming.ANSWERS,
    ],
    execution_context_class=Execution,
    config=StrawberryConfig(scalar_map=SCALARS),
)
