"""Signup, login, logout, passwords, and the verification of email addresses."""

import json
from typing import cast

import strawberry
import strawberry_django

from cinema.accounts import recovery, sessions
from cinema.booking import personal_data
from schema.accounts.inputs import (
    ChangeEmailInput,
    ChangePasswordInput,
    EraseMeInput,
    LoginInput,
    LogoutInput,
    RefreshTokenInput,
    RequestEmailVerificationInput,
    RequestPasswordResetInput,
    ResetPasswordInput,
    SignupInput,
    VerifyEmailInput,
)
from schema.accounts.problems import (
    EmailAlreadyVerified,
    InvalidCredentials,
    InvalidRefreshToken,
    LinkNotGood,
    TooManyAttempts,
)
from schema.accounts.types import AccountErased, LoggedOut, MailOnItsWay, PersonalData, Session, User
from schema.engine.context import Info, Input
from schema.engine.costs import CREDENTIAL_GUESS
from schema.engine.problems import Busy, InvalidInput, result

SignupResult = result("SignupResult", Session, InvalidInput, TooManyAttempts)
LoginResult = result("LoginResult", Session, InvalidCredentials, TooManyAttempts)
RefreshTokenResult = result("RefreshTokenResult", Session, InvalidRefreshToken, TooManyAttempts)
LogoutResult = result("LogoutResult", LoggedOut, InvalidRefreshToken)
ChangePasswordResult = result("ChangePasswordResult", Session, InvalidInput, TooManyAttempts)
RequestPasswordResetResult = result("RequestPasswordResetResult", MailOnItsWay, InvalidInput, TooManyAttempts)
ResetPasswordResult = result("ResetPasswordResult", Session, InvalidInput, LinkNotGood, TooManyAttempts)
RequestEmailVerificationResult = result(
    "RequestEmailVerificationResult", MailOnItsWay, InvalidInput, EmailAlreadyVerified, TooManyAttempts
)
VerifyEmailResult = result("VerifyEmailResult", User, LinkNotGood, TooManyAttempts)
ChangeEmailResult = result("ChangeEmailResult", MailOnItsWay, InvalidInput, TooManyAttempts)
ExportMeResult = result("ExportMeResult", PersonalData, Busy)
EraseMeResult = result("EraseMeResult", AccountErased, InvalidInput, TooManyAttempts, Busy)


@strawberry.type
class AccountsMutations:
    @strawberry_django.mutation(
        graphql_type=SignupResult,
        metadata=CREDENTIAL_GUESS,
        description="Create an account and log in. An email with a verification link is sent to the address.",
    )
    def signup(self, info: Info, input: Input[SignupInput]) -> Session:
        session = sessions.signup(
            username=input.username, email=input.email, password=input.password, address=info.context.address
        )
        return Session.of(session)

    @strawberry_django.mutation(graphql_type=LoginResult, metadata=CREDENTIAL_GUESS, description="Log in.")
    def login(self, info: Info, input: Input[LoginInput]) -> Session:
        session = sessions.login(name=input.username, password=input.password, address=info.context.address)
        return Session.of(session)

    @strawberry_django.mutation(
        graphql_type=RefreshTokenResult,
        metadata=CREDENTIAL_GUESS,
        description="Exchange a refresh token for new tokens.",
    )
    def refresh_token(self, info: Info, input: Input[RefreshTokenInput]) -> Session:
        return Session.of(sessions.refresh(token=input.refresh_token, address=info.context.address))

    @strawberry_django.mutation(
        graphql_type=LogoutResult,
        description="Log out, from this session or from every session. The tokens become invalid immediately.",
    )
    def logout(self, info: Info, input: Input[LogoutInput]) -> LoggedOut:
        if input.refresh_token is not None:
            sessions.logout_with_refresh_token(token=input.refresh_token, everywhere=input.everywhere)
        else:
            user, family = info.context.session
            sessions.logout(by=user, family=family, everywhere=input.everywhere)
        info.context.forget_session()
        return LoggedOut(everywhere=input.everywhere)

    @strawberry_django.mutation(
        graphql_type=ChangePasswordResult,
        metadata=CREDENTIAL_GUESS,
        description="Change the password. Every other session ends.",
    )
    def change_password(self, info: Info, input: Input[ChangePasswordInput]) -> Session:
        session = sessions.change_password(
            by=info.context.require_user(),
            current=input.current_password,
            new=input.new_password,
            address=info.context.address,
        )
        info.context.forget_session()
        return Session.of(session)

    @strawberry_django.mutation(
        graphql_type=RequestPasswordResetResult,
        metadata=CREDENTIAL_GUESS,
        description="Request an email with a link to set a new password. The response does not depend on whether an "
        "account has the address.",
    )
    def request_password_reset(self, info: Info, input: Input[RequestPasswordResetInput]) -> MailOnItsWay:
        return MailOnItsWay(email=recovery.request_password_reset(email=input.email, address=info.context.address))

    @strawberry_django.mutation(
        graphql_type=ResetPasswordResult,
        metadata=CREDENTIAL_GUESS,
        description="Set a new password with the token from the email, and log in. Every other session ends.",
    )
    def reset_password(self, info: Info, input: Input[ResetPasswordInput]) -> Session:
        session = recovery.reset_password(token=input.token, new=input.new_password, address=info.context.address)
        info.context.forget_session()
        return Session.of(session)

    @strawberry_django.mutation(
        graphql_type=RequestEmailVerificationResult,
        description="Request another email with a link to verify the viewer's current or new email address.",
    )
    def request_email_verification(self, info: Info, input: Input[RequestEmailVerificationInput]) -> MailOnItsWay:
        email = recovery.request_email_verification(
            by=info.context.require_user(), email=input.email, address=info.context.address
        )
        return MailOnItsWay(email=email)

    @strawberry_django.mutation(
        graphql_type=VerifyEmailResult,
        metadata=CREDENTIAL_GUESS,
        description="Verify an email address with the token from the email. No login is required.",
    )
    def verify_email(self, info: Info, input: Input[VerifyEmailInput]) -> User:
        return cast("User", recovery.verify_email(token=input.token, address=info.context.address))

    @strawberry_django.mutation(
        graphql_type=ChangeEmailResult,
        metadata=CREDENTIAL_GUESS,
        description="Change the email address of the viewer. An email with a link is sent to the new address. The "
        "address changes when `verifyEmail` is called with the token from the link.",
    )
    def change_email(self, info: Info, input: Input[ChangeEmailInput]) -> MailOnItsWay:
        email = recovery.change_email(
            by=info.context.require_user(),
            email=input.email,
            password=input.current_password,
            address=info.context.address,
        )
        return MailOnItsWay(email=email)

    @strawberry_django.mutation(
        graphql_type=ExportMeResult, description="Get a copy of everything that is stored about the viewer."
    )
    def export_me(self, info: Info) -> PersonalData:
        return PersonalData(json=json.dumps(personal_data.export(info.context.require_user()), ensure_ascii=False))

    @strawberry_django.mutation(
        graphql_type=EraseMeResult,
        metadata=CREDENTIAL_GUESS,
        description="Erase the personal data of the viewer, and end the account. Open holds are released. Confirmed "
        "bookings remain valid, and are kept without the data of the viewer.",
    )
    def erase_me(self, info: Info, input: Input[EraseMeInput]) -> AccountErased:
        erased_at = personal_data.erase(
            by=info.context.require_user(), password=input.current_password, address=info.context.address
        )
        info.context.forget_session()
        return AccountErased(erased_at=erased_at)
