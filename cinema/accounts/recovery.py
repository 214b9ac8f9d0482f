"""Verifies and changes the email of an account, and resets a forgotten password.

`address` is the network address of the client, by which attempts are counted. Emails are also counted by recipient.
Each function raises `TooManyAttempts`.
"""

from django.core.exceptions import ValidationError

from cinema.accounts import links, locks, mail_queue, passwords, registration, sessions, throttling
from cinema.accounts.errors import EmailAlreadyVerified, InvalidLink
from cinema.accounts.mail_queue import MailKind
from cinema.accounts.models import User
from cinema.accounts.sessions import Session
from cinema.core.errors import InvalidInput
from cinema.core.transactions import use_case


def request_password_reset(*, email: str, address: str) -> str:
    """Queue an email with a link to set a new password. Returns the normalized email address.

    The result does not depend on whether an account has the address. Raises `InvalidInput` for a malformed address.
    """
    mailbox = email.strip().lower()
    try:
        User._meta.get_field("email").clean(mailbox, None)
    except ValidationError as error:
        raise InvalidInput.from_django(error, field="email") from error
    throttling.count("mail", account=mailbox, address=address)
    _queue_mail(MailKind.PASSWORD_RESET, mailbox)
    return mailbox


def request_email_verification(*, by: User, email: str | None, address: str) -> str:
    """Queue an email with a link to verify `email`, the current or the new email address of `by`. Returns it.

    None is the current one. Raises `InvalidInput` if it is not an address of `by`, or `EmailAlreadyVerified`.
    """
    wanted = (by.email if email is None else email).strip().lower()
    if by.new_email and wanted == by.new_email.lower():
        throttling.count("mail", account=wanted, address=address)
        _queue_mail(MailKind.EMAIL_CHANGE, by.new_email)
        return by.new_email
    if wanted != by.email.lower():
        raise InvalidInput.of("email", "not_yours", "This is not the address of your account.")
    if by.email_verified:
        raise EmailAlreadyVerified
    throttling.count("mail", account=by.pk, address=address)
    _queue_mail(MailKind.VERIFICATION, by.email)
    return by.email


def reset_password(*, token: str, new: str, address: str) -> Session:
    """Set a new password, end every session and start a new one. Also verifies the email address.

    Raises `InvalidLink`, or `InvalidInput` for the field `new_password`, after which the link can be used again.
    """
    throttling.count("link", address=address)
    problems = registration.password_problems(
        new, user=links.PASSWORD_RESET.user_for_token(token), field="new_password"
    )
    if problems:
        raise InvalidInput(problems)
    # Hashing is intentionally slow, so it is done before the transaction begins.
    return _reset_password(token, passwords.hashed(new))


def change_email(*, by: User, email: str, password: str, address: str) -> str:
    """Queue an email with a link to `email`, which becomes the address of `by` when the link is used. Returns it.

    Raises `InvalidInput` for `email` if it is malformed, taken, or the address of `by`, and for `current_password`.
    """
    sessions.check_current_password(by=by, password=password, address=address)
    # Counted before the check, which reveals whether another account has the address.
    throttling.count("mail", account=email.strip().lower(), address=address)
    return _store_new_email(by, registration.check_new_email(by, email))


def verify_email(*, token: str, address: str) -> User:
    """Verify the email address of the user of `token`, the current or the new one. Returns the user.

    Raises `InvalidLink`.
    """
    throttling.count("link", address=address)
    return _verify_email(token)


@use_case
def _store_new_email(by: User, email: str) -> str:
    user = locks.user(by.pk)
    user.new_email = email
    user.save(update_fields=["new_email"])
    mail_queue.put(MailKind.EMAIL_CHANGE, email)
    return email


@use_case
def _verify_email(token: str) -> User:
    try:
        user = links.VERIFICATION.user_for_token(token, lock=True)
    except InvalidLink:
        return _replace_email(links.EMAIL_CHANGE.user_for_token(token, lock=True))
    user.verified_email = user.email
    user.save(update_fields=["verified_email"])
    return user


def _replace_email(user: User) -> User:
    """Give the user the new email. Raises `InvalidLink` if another account has got the address in the meantime."""
    old = user.email
    user.email = user.verified_email = user.new_email
    user.new_email = ""
    try:
        registration.update(user)
    except InvalidInput as error:
        raise InvalidLink from error
    mail_queue.put(MailKind.EMAIL_CHANGED, old)
    return user


@use_case
def _queue_mail(kind: MailKind, address: str) -> None:
    mail_queue.put(kind, address)


@use_case
def _reset_password(token: str, hashed: str) -> Session:
    user = links.PASSWORD_RESET.user_for_token(token, lock=True)
    user.password = hashed
    user.verified_email = user.email
    user.save(update_fields=["password", "verified_email"])
    return sessions.restart_session(user)
