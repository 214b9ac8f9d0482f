"""The queue of emails: the kind and the address of each.

A request for an email only adds a row here, whether or not an account has the address, so that neither its response
nor its duration reveals one. The text is rendered when the email is sent, so no link is ever stored.
"""

from django.db import models

from cinema.core.queue import QueuedRow


class MailKind(models.TextChoices):
    PASSWORD_RESET = "PASSWORD_RESET", "A link to set a new password"
    VERIFICATION = "VERIFICATION", "A link to verify the address"
    EMAIL_CHANGE = "EMAIL_CHANGE", "A link to verify the address that an account will have"
    EMAIL_CHANGED = "EMAIL_CHANGED", "A notice that the account has another address"


class QueuedMail(QueuedRow):
    """A requested email. It is deleted when it has been sent."""

    kind = models.CharField(max_length=20, choices=MailKind.choices)
    address = models.EmailField(max_length=254)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "address"], name="one_waiting_mail_per_kind_and_address")
        ]
        indexes = [models.Index(fields=["due_at"], name="mails_by_due_time")]

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.kind})"


def put(kind: MailKind, address: str) -> None:
    """Queue an email. Does nothing while one of the same kind waits for the same address.

    Requires a transaction.
    """
    QueuedMail.objects.bulk_create([QueuedMail(kind=kind, address=address)], ignore_conflicts=True)
