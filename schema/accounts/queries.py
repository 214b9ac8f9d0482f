"""The logged-in user."""

import strawberry
import strawberry_django

from cinema import models
from schema.accounts.types import User
from schema.engine.context import Info


@strawberry.type
class AccountsQueries:
    @strawberry_django.field(graphql_type=User | None, description="The logged-in user, or null.")
    def me(self, info: Info) -> models.User | None:
        return info.context.viewer
