"""The inputs of account mutations."""

import strawberry


@strawberry.input(description="A new account.")
class SignupInput:
    username: str = strawberry.field(description="Letters, digits and `_ . + -`. Unique, ignoring case.")
    email: str = strawberry.field(description="Unique, ignoring case.")
    password: str = strawberry.field(
        description="At least as strong as the password rules require: not short, not common, and not similar to the "
        "username."
    )


@strawberry.input(description="The credentials of a user.")
class LoginInput:
    username: str = strawberry.field(description="A username or an email address.")
    password: str = strawberry.field(description="The user's password.")


@strawberry.input(description="The session to continue.")
class RefreshTokenInput:
    refresh_token: str = strawberry.field(description="The last refresh token received. It can be used only once.")


@strawberry.input(description="Which sessions to end.")
class LogoutInput:
    everywhere: bool = strawberry.field(default=False, description="True ends every session of the user.")
    refresh_token: str | None = strawberry.field(
        default=None,
        description="The refresh token of the session to end, for clients whose access token has expired. By default,"
        " the session of the access token ends.",
    )


@strawberry.input(description="The current and the new password.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The current password.")
    new_password: str = strawberry.field(description="The new password.")


@strawberry.input(description="The account whose password was forgotten.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="The email address of the account.")


@strawberry.input(description="The token from the email, and the new password.")
class ResetPasswordInput:
    token: str = strawberry.field(description="The `token` from the link. It can be used only once.")
    new_password: str = strawberry.field(description="The new password.")


@strawberry.input(description="The address to verify.")
class RequestEmailVerificationInput:
    email: str | None = strawberry.field(
        default=None,
        description="The address that the client shows to the user. If the account has another one, the mutation "
        "returns InvalidInput.",
    )


@strawberry.input(description="The token from the email.")
class VerifyEmailInput:
    token: str = strawberry.field(description="The `token` from the link. It can be used only once.")
