"""A user, and the session of a logged-in user."""

from datetime import datetime
from typing import cast

import strawberry
import strawberry_django
from strawberry import relay

from cinema import models
from cinema.accounts import sessions


@strawberry_django.type(models.User, description="A person with an account.")
class User(relay.Node):
    pk: relay.NodeID[int]
    username: str = strawberry_django.field(description="The username.")
    email: str = strawberry_django.field(description="The email address.")
    email_verified: bool = strawberry_django.field(
        description="Whether the email address has been verified with a link sent to it."
    )
    is_staff: bool = strawberry_django.field(description="Whether the user is a staff member of the cinema.")

    @strawberry.field(
        description="The new email address, until it is verified with the link sent to it. Null if there is none."
    )
    def new_email(root: strawberry.Parent[models.User]) -> str | None:
        return root.new_email or None


@strawberry.type(description="The tokens of a logged-in user.")
class Session:
    access_token: str = strawberry.field(
        description="The access token. Send it in the header `Authorization: Bearer <token>`."
    )
    refresh_token: str = strawberry.field(
        description="The refresh token. It can be used once to get new tokens. Using it a second time ends the session."
    )
    expires_at: datetime = strawberry.field(description="The time when the access token expires.")
    user: User = strawberry.field(description="The logged-in user.")

    @classmethod
    def of(cls, session: sessions.Session) -> "Session":
        return cls(
            access_token=session.access_token,
            refresh_token=session.refresh_token,
            expires_at=session.expires_at,
            user=cast("User", session.user),
        )


@strawberry.type(description="The session has ended, and its tokens are invalid.")
class LoggedOut:
    everywhere: bool = strawberry.field(description="Whether all other sessions of the user have ended too.")


@strawberry.type(description="An email with a link will be sent if an account has the address.")
class MailOnItsWay:
    email: str = strawberry.field(
        description="The email address. The response does not reveal whether an account has it."
    )


@strawberry.type(description="A copy of everything that is stored about the viewer.")
class PersonalData:
    json: str = strawberry.field(
        description="A JSON object with the account, the sessions and the bookings of the viewer. Times are in UTC."
    )


@strawberry.type(description="The personal data of the account was erased. The account can no longer be used.")
class AccountErased:
    erased_at: datetime = strawberry.field(description="The time when it was erased.")
