"""The inputs of account mutations."""

import strawberry


@strawberry.input(description="A new account.")
class SignupInput:
    username: str = strawberry.field(description="The username: letters, digits and `_ . + -`. Unique, ignoring case.")
    email: str = strawberry.field(description="The email address. Unique, ignoring case.")
    password: str = strawberry.field(
        description="The password. It must not be too short, too common, or too similar to the username or the email "
        "address."
    )


@strawberry.input(description="The credentials of a user.")
class LoginInput:
    username: str = strawberry.field(description="A username or an email address.")
    password: str = strawberry.field(description="The user's password.")


@strawberry.input(description="The session to refresh.")
class RefreshTokenInput:
    refresh_token: str = strawberry.field(description="The last refresh token received. It can be used only once.")


@strawberry.input(description="The sessions to end.")
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


@strawberry.input(description="The account that needs a new password.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="The email address of the account.")


@strawberry.input(description="The token from the email, and the new password.")
class ResetPasswordInput:
    token: str = strawberry.field(description="The `token` from the link. It can be used only once.")
    new_password: str = strawberry.field(description="The new password.")


@strawberry.input(description="The email address to verify.")
class RequestEmailVerificationInput:
    email: str | None = strawberry.field(
        default=None,
        description="The email address to verify: the current one, which is the default, or `User.newEmail`. For any "
        "other address, the mutation returns `InvalidInput`.",
    )


@strawberry.input(description="The token from the email.")
class VerifyEmailInput:
    token: str = strawberry.field(description="The `token` from the link. It can be used only once.")


@strawberry.input(description="The new email address, and the password.")
class ChangeEmailInput:
    email: str = strawberry.field(description="The new email address. Unique, ignoring case.")
    current_password: str = strawberry.field(description="The password of the account.")


@strawberry.input(description="The password of the account to erase.")
class EraseMeInput:
    current_password: str = strawberry.field(description="The password of the account.")
