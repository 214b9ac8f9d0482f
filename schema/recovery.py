"""Verifying an e-mail address, and a new password by mail."""

from typing import cast

import strawberry
import strawberry_django

from cinema.accounts import errors, recovery
from schema.accounts import Session, TooManyAttempts, User
from schema.context import Info, Input
from schema.errors import Answer, InvalidInput, Problem, result


@strawberry.type(description="A mail with a link will be sent.")
class MailOnItsWay:
    email: str = strawberry.field(
        description="Where it goes. After requestPasswordReset: if an account has this address, which is not told."
    )


@strawberry.type(description="The link was used, is too old, or never was one: ask for a new one.")
class LinkNotGood(Problem):
    pass


@strawberry.type(description="The address has been verified already: there is nothing to do.")
class EmailAlreadyVerified(Problem):
    pass


ANSWERS = [Answer(errors.LinkNotGood, LinkNotGood), Answer(errors.EmailAlreadyVerified, EmailAlreadyVerified)]

RequestPasswordResetResult = result("RequestPasswordResetResult", MailOnItsWay, InvalidInput, TooManyAttempts)
ResetPasswordResult = result("ResetPasswordResult", Session, InvalidInput, LinkNotGood, TooManyAttempts)
RequestEmailVerificationResult = result(
    "RequestEmailVerificationResult", MailOnItsWay, InvalidInput, EmailAlreadyVerified, TooManyAttempts
)
VerifyEmailResult = result("VerifyEmailResult", User, LinkNotGood, TooManyAttempts)


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


@strawberry.type
class RecoveryMutation:
    @strawberry_django.mutation(
        graphql_type=RequestPasswordResetResult,
        description="Ask for a mail with a link to set a new password. The answer is the same for every address.",
    )
    def request_password_reset(self, info: Info, input: Input[RequestPasswordResetInput]) -> MailOnItsWay:
        return MailOnItsWay(email=recovery.request_password_reset(email=input.email, address=info.context.address))

    @strawberry_django.mutation(
        graphql_type=ResetPasswordResult,
        description="Set a new password with the link from a mail, and sign in. Every other session ends.",
    )
    def reset_password(self, info: Info, input: Input[ResetPasswordInput]) -> Session:
        session = recovery.reset_password(token=input.token, new=input.new_password, address=info.context.address)
        info.context.forget_session()
        return Session.of(session)

    @strawberry_django.mutation(
        graphql_type=RequestEmailVerificationResult,
        description="Ask for another mail with a link to verify one's e-mail address.",
    )
    def request_email_verification(self, info: Info, input: Input[RequestEmailVerificationInput]) -> MailOnItsWay:
        email = recovery.request_email_verification(
            by=info.context.signed_in(), email=input.email, address=info.context.address
        )
        return MailOnItsWay(email=email)

    @strawberry_django.mutation(
        graphql_type=VerifyEmailResult,
        description="Verify an e-mail address with the link from a mail. It takes no signing in.",
    )
    def verify_email(self, info: Info, input: Input[VerifyEmailInput]) -> User:
        return cast("User", recovery.verify_email(token=input.token, address=info.context.address))
