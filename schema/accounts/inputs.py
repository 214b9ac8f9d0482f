"""The inputs of account mutations."""

import strawberry


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


@strawberry.input(description="Who has lost their password.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="The e-mail address of the account.")


@strawberry.input(description="What the link in the mail carries, and the new password.")
class ResetPasswordInput:
    token: str = strawberry.field(description="The `token` of the link; it is used up.")
    new_password: str = strawberry.field(description="The password from now on.")


@strawberry.input(description="Which address is to be verified.")
class RequestEmailVerificationInput:
    email: str | None = strawberry.field(
        default=None,
        description="The address that the user has before their eyes; refused when the account has another one.",
    )


@strawberry.input(description="What the link in the mail carries.")
class VerifyEmailInput:
    token: str = strawberry.field(description="The `token` of the link; it is used up.")
