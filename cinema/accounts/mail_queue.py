"""Mails that wait to be sent: of which kind, and to which address.

Whoever asks for a mail only leaves a row here, so that asking takes as long and does the same whether or not anybody
has the address. What the mail says is made when it is sent, and no link is ever stored.

A mail that is being sent is claimed: nobody else takes it meanwhile, and should its sender die, it is due again when
the claim is over.
"""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now as DatabaseNow

from cinema.core import clock
from cinema.core.transactions import use_case

# Longer than a mail server takes for one mail, or gives up on it.
CLAIM = timedelta(minutes=10)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


class MailKind(models.TextChoices):
    PASSWORD_RESET = "PASSWORD_RESET", "A link to set a new password"
    VERIFICATION = "VERIFICATION", "A link to verify the address"


class QueuedMail(models.Model):
    """A mail that somebody asked for. It is deleted when it has been sent."""

    kind = models.CharField(max_length=20, choices=MailKind.choices)
    address = models.EmailField(max_length=254)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=DatabaseNow())
    due_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "address"], name="one_waiting_mail_per_kind_and_address")
        ]
        indexes = [models.Index(fields=["due_at"], name="mails_by_due_time")]

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.kind})"


def put(kind: MailKind, address: str) -> None:
    """Ask for a mail. While one of the same kind waits for the same address, that one is enough.

    Requires a transaction.
    """
    QueuedMail.objects.bulk_create([QueuedMail(kind=kind, address=address)], ignore_conflicts=True)


def claim() -> QueuedMail | None:
    """The mail that has been due for the longest, taken from every other sender; None when none is due."""
    # Looking takes no lock, and this looks often.
    return _claimed() if _due().exists() else None


@use_case
def remove(mail: QueuedMail) -> None:
    """It has been sent, or never will be."""
    QueuedMail.objects.filter(pk=mail.pk).delete()


@use_case
def put_off(mail: QueuedMail) -> None:
    """It could not be sent: it is due again after a pause, which doubles from attempt to attempt."""
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempts - 1, 20), LONGEST_PAUSE)
    QueuedMail.objects.filter(pk=mail.pk).update(due_at=clock.now() + pause)


@use_case
def _claimed() -> QueuedMail | None:
    mail = _due().select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    if mail is not None:
        mail.attempts += 1
        mail.due_at = clock.now() + CLAIM
        mail.save(update_fields=["attempts", "due_at"])
    return mail


def _due() -> models.QuerySet[QueuedMail]:
    return QueuedMail.objects.filter(due_at__lte=clock.Now())
