"""Who reads the mail of an account: verifying its address, and a new password for who has lost the old one.

`address` is where a request comes from; attempts are counted by it, and mails by whom they go to. Each of these raises
`TooManyAttempts` as well.
"""

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from cinema.accounts import links, mail_queue, registration, sessions, throttling
from cinema.accounts.errors import EmailAlreadyVerified
from cinema.accounts.mail_queue import MailKind
from cinema.accounts.models import User
from cinema.accounts.sessions import Session
from cinema.core.errors import InvalidInput
from cinema.core.transactions import use_case


def request_password_reset(*, email: str, address: str) -> str:
    """Ask for a mail with a link to set a new password; the address it goes to, if an account has it.

    The same is done, and said, whether or not one has. Raises `InvalidInput` for what is no address at all.
    """
    mailbox = email.strip().lower()
    try:
        User._meta.get_field("email").clean(mailbox, None)
    except ValidationError as error:
        raise InvalidInput.from_django(error, field="email") from error
    throttling.count("mail", account=mailbox, address=address)
    _put(MailKind.PASSWORD_RESET, mailbox)
    return mailbox


def request_email_verification(*, by: User, email: str | None, address: str) -> str:
    """Ask for a mail with a link to verify the address of `by`; the address it goes to.

    `email` is which address the user believes it is, if they say. Raises `InvalidInput` if it is another one,
    `EmailAlreadyVerified`.
    """
    if email is not None and email.strip().lower() != by.email.lower():
        raise InvalidInput.of("email", "not_yours", "This is not the address of your account.")
    if by.email_verified:
        raise EmailAlreadyVerified
    throttling.count("mail", account=by.pk, address=address)
    _put(MailKind.VERIFICATION, by.email)
    return by.email


def reset_password(*, token: str, new: str, address: str) -> Session:
    """Set a new password. Every session ends, and a new one is returned; the address is verified as well.

    Raises `LinkNotGood`, or `InvalidInput` under the field `new_password`; then the link is still good.
    """
    throttling.count("link", address=address)
    problems = registration.password_problems(new, user=links.PASSWORD_RESET.holder(token), field="new_password")
    if problems:
        raise InvalidInput(problems)
    # Hashing is slow on purpose, so it is done before there is a transaction.
    return _reset(token, make_password(new))


def verify_email(*, token: str, address: str) -> User:
    """The user, whose address is verified from now on. Raises `LinkNotGood`."""
    throttling.count("link", address=address)
    return _verified(token)


@use_case
def _verified(token: str) -> User:
    user = links.VERIFICATION.holder(token, lock=True)
    user.verified_email = user.email
    user.save(update_fields=["verified_email"])
    return user


@use_case
def _put(kind: MailKind, address: str) -> None:
    mail_queue.put(kind, address)


@use_case
def _reset(token: str, hashed: str) -> Session:
    user = links.PASSWORD_RESET.holder(token, lock=True)
    user.password = hashed
    user.verified_email = user.email
    user.save(update_fields=["password", "verified_email"])
    return sessions.start_anew(user)
