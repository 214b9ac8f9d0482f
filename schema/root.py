"""The schema: every slice's queries and mutations, merged."""

from typing import Any

import strawberry
from django.conf import settings
from graphql import ExecutionContext, GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext as Operation

from schema.accounts import problems as accounts
from schema.accounts.mutations import AccountsMutation
from schema.accounts.queries import AccountsQuery
from schema.booking import problems as booking
from schema.booking.mutations import BookingMutation
from schema.booking.queries import BookingQuery
from schema.catalog import problems as catalog
from schema.catalog.mutations import CatalogMutation
from schema.catalog.queries import CatalogQuery
from schema.engine import errors
from schema.engine.documents import Documents
from schema.engine.errors import ErrorCodes, log_unforeseen
from schema.engine.scalars import SCALARS
from schema.engine.text_validation import StorableVariables
from schema.nodes import NodeQuery
from schema.realtime.queries import RealtimeQuery
from schema.realtime.subscriptions import RealtimeSubscription


@strawberry.type(description="What can be asked.")
class Query(NodeQuery, CatalogQuery, BookingQuery, RealtimeQuery, AccountsQuery):
    pass


@strawberry.type(description="What can be done. Each takes one `input` and answers with its success or a `Problem`.")
class Mutation(AccountsMutation, BookingMutation, CatalogMutation):
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


PROBLEM_HANDLERS = [
    *errors.PROBLEM_HANDLERS,
    *accounts.PROBLEM_HANDLERS,
    *catalog.PROBLEM_HANDLERS,
    *booking.PROBLEM_HANDLERS,
]

schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    extensions=[ErrorCodes, Documents, StorableVariables],
    exception_handlers=PROBLEM_HANDLERS,
    execution_context_class=Execution,
    config=StrawberryConfig(scalar_map=SCALARS),
)
