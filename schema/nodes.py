"""`node(id)`: anything by its global id, if the viewer may see it."""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry
import strawberry_django
from django.db.models import Model, QuerySet
from strawberry import relay

from cinema import models
from cinema.accounts import queries as accounts
from cinema.booking import queries
from schema.engine import ids
from schema.engine.context import Context, Info

# What there is to see of each type. Who is asking is looked up only where it matters.
NODES: dict[str, Callable[[Context], QuerySet[Any]]] = {
    "Movie": lambda context: models.Movie.objects.all(),
    "Theater": lambda context: models.Theater.objects.all(),
    "Screen": lambda context: models.Screen.objects.all(),
    "Show": lambda context: models.Show.objects.with_details(),
    "Booking": lambda context: queries.bookings_seen_by(context.viewer),
    "Ticket": lambda context: queries.tickets_seen_by(context.viewer),
    "User": lambda context: accounts.users_seen_by(context.viewer),
}


@strawberry.type
class NodeQuery:
    @strawberry_django.field(
        graphql_type=relay.Node | None,
        description="Anything by its id; null if there is no such thing, or not for the viewer.",
    )
    def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")]
    ) -> Model | None:
        type_name, key = ids.parse(id)
        if type_name not in NODES:
            return None
        found: Model | None = NODES[type_name](info.context).filter(pk=key).first()
        return found
