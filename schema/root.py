"""The schema: every slice's queries and mutations, merged."""

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema import accounts, booking, errors, holds, programming
from schema.accounts import AccountsMutation, AccountsQuery
from schema.booking import BookingMutation, BookingQuery
from schema.catalog import CatalogQuery
from schema.errors import ErrorCodes, log_unforeseen
from schema.holds import HoldsMutation
from schema.nodes import NodeQuery
from schema.programming import ProgrammingMutation
from schema.scalars import SCALARS
from schema.texts import StorableTexts


@strawberry.type(description="What can be asked.")
class Query(NodeQuery, CatalogQuery, BookingQuery, AccountsQuery):
    pass


@strawberry.type(description="What can be done. Each takes one `input` and answers with its success or a `Problem`.")
class Mutation(AccountsMutation, BookingMutation, HoldsMutation, ProgrammingMutation):
    pass


class Schema(strawberry.Schema):
    def process_errors(self, found: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        log_unforeseen(found, execution_context)


schema = Schema(
    query=Query,
    mutation=Mutation,
    extensions=[ErrorCodes, StorableTexts],
    exception_handlers=[*errors.ANSWERS, *accounts.ANSWERS, *booking.ANSWERS, *holds.ANSWERS, *programming.ANSWERS],
    config=StrawberryConfig(scalar_map=SCALARS),
)
