"""A user, and the session of a signed-in user."""

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
    username: str = strawberry_django.field(description="The name they sign in with.")
    email: str = strawberry_django.field(description="Their e-mail address.")
    email_verified: bool = strawberry_django.field(
        description="Whether a mail has reached them there: they have followed a link in one."
    )
    is_staff: bool = strawberry_django.field(description="Whether they work for the cinema.")


@strawberry.type(description="What a client holds while somebody is signed in.")
class Session:
    access_token: str = strawberry.field(description="Send it as `Authorization: Bearer <token>`.")
    refresh_token: str = strawberry.field(
        description="Good once, for the next session. Using it a second time ends the session for everybody."
    )
    expires_at: datetime = strawberry.field(description="When the access token stops being good.")
    user: User = strawberry.field(description="Who is signed in.")

    @classmethod
    def of(cls, session: sessions.Session) -> "Session":
        return cls(
            access_token=session.access_token,
            refresh_token=session.refresh_token,
            expires_at=session.expires_at,
            user=cast("User", session.user),
        )


@strawberry.type(description="The session is over, and its tokens are dead.")
class LoggedOut:
    everywhere: bool = strawberry.field(description="Whether every other session of the user ended as well.")


@strawberry.type(description="A mail with a link will be sent.")
class MailOnItsWay:
    email: str = strawberry.field(
        description="Where it goes. After requestPasswordReset: if an account has this address, which is not told."
    )
