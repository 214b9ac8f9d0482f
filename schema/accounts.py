"""Signing up, in and out."""

from datetime import datetime
from typing import cast

import strawberry
import strawberry_django
from strawberry import relay

from cinema import models
from cinema.accounts import errors, sessions
from schema.context import Info, Input
from schema.errors import Answer, InvalidInput, Problem, result


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


@strawberry.type(description="No account has this name and password; which of the two is wrong is not told.")
class InvalidCredentials(Problem):
    pass


@strawberry.type(description="Too many attempts for this account or from this address.")
class TooManyAttempts(Problem):
    retry_after_seconds: int = strawberry.field(description="Seconds until the next attempt is listened to.")


@strawberry.type(description="The refresh token is unknown, used, ended or too old: sign in again.")
class InvalidRefreshToken(Problem):
    pass


ANSWERS = [
    Answer(errors.InvalidCredentials, InvalidCredentials),
    Answer(errors.TooManyAttempts, TooManyAttempts),
    Answer(errors.InvalidRefreshToken, InvalidRefreshToken),
]

SignupResult = result("SignupResult", Session, InvalidInput, TooManyAttempts)
LoginResult = result("LoginResult", Session, InvalidCredentials, TooManyAttempts)
RefreshTokenResult = result("RefreshTokenResult", Session, InvalidRefreshToken, TooManyAttempts)
LogoutResult = result("LogoutResult", LoggedOut, InvalidRefreshToken)
ChangePasswordResult = result("ChangePasswordResult", Session, InvalidInput, TooManyAttempts)


# Each of these may be a guess. A request makes one, so that guesses can be counted by requests.
CREDENTIAL_MUTATIONS = {
    "signup",
    "login",
    "refreshToken",
    "changePassword",
    "requestPasswordReset",
    "resetPassword",
    "verifyEmail",
}


@strawberry.input(description="A new account.")
class SignupInput:
    username: str = strawberry.field(description="Letters, digits and _ . + -; unique whatever the case.")
    email: str = strawberry.field(description="Unique whatever the case.")
    password: str = strawberry.field(description="Long, not common, and not like the name.")


@strawberry.input(description="Who signs in.")
class LoginInput:
    username: str = strawberry.field(description="A username or an e-mail address.")
    password: str = strawberry.field(description="Their password.")


@strawberry.input(description="The session to go on with.")
class RefreshTokenInput:
    refresh_token: str = strawberry.field(description="The last refresh token received; it is used up.")


@strawberry.input(description="Which sessions end.")
class LogoutInput:
    everywhere: bool = strawberry.field(default=False, description="True ends every session of the user.")
    refresh_token: str | None = strawberry.field(
        default=None,
        description="The session to end when its access token has run out; else the signed-in one ends.",
    )


@strawberry.input(description="The old and the new password.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The password until now.")
    new_password: str = strawberry.field(description="The password from now on.")


@strawberry.type
class AccountsQuery:
    @strawberry_django.field(graphql_type=User | None, description="Who is signed in; null when nobody is.")
    def me(self, info: Info) -> models.User | None:
        return info.context.viewer


@strawberry.type
class AccountsMutation:
    @strawberry_django.mutation(
        graphql_type=SignupResult,
        description="Make an account and sign in. A mail with a link to verify the address is on its way.",
    )
    def signup(self, info: Info, input: Input[SignupInput]) -> Session:
        session = sessions.signup(
            username=input.username, email=input.email, password=input.password, address=info.context.address
        )
        return Session.of(session)

    @strawberry_django.mutation(graphql_type=LoginResult, description="Sign in.")
    def login(self, info: Info, input: Input[LoginInput]) -> Session:
        session = sessions.login(name=input.username, password=input.password, address=info.context.address)
        return Session.of(session)

    @strawberry_django.mutation(graphql_type=RefreshTokenResult, description="Trade a refresh token for new tokens.")
    def refresh_token(self, info: Info, input: Input[RefreshTokenInput]) -> Session:
        return Session.of(sessions.refresh(token=input.refresh_token, address=info.context.address))

    @strawberry_django.mutation(
        graphql_type=LogoutResult, description="Sign out, here or everywhere. The tokens die at once."
    )
    def logout(self, info: Info, input: Input[LogoutInput]) -> LoggedOut:
        if input.refresh_token is not None:
            sessions.logout_with_refresh_token(token=input.refresh_token, everywhere=input.everywhere)
        else:
            user, chain = info.context.session
            sessions.logout(by=user, chain=chain, everywhere=input.everywhere)
        info.context.forget_session()
        return LoggedOut(everywhere=input.everywhere)

    @strawberry_django.mutation(
        graphql_type=ChangePasswordResult, description="Change the password. Every other session ends."
    )
    def change_password(self, info: Info, input: Input[ChangePasswordInput]) -> Session:
        session = sessions.change_password(
            by=info.context.signed_in(),
            current=input.current_password,
            new=input.new_password,
            address=info.context.address,
        )
        info.context.forget_session()
        return Session.of(session)
