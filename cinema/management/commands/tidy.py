from django.contrib.sessions.models import Session

from cinema.accounts import throttling, tokens
from cinema.booking import email_queue, hold_limits, holds
from cinema.catalog import posters
from cinema.core import clock, idempotency, purging
from cinema.management.loops import Task, TaskCommand

# Deleting is less urgent than releasing holds, because staff can see in the history of a seat that a hold has expired.
PURGE_INTERVAL = 600.0


def _purge_admin_sessions(*, at_most: int) -> int:
    """Delete expired sessions, like the `clearsessions` command, but in batches."""
    return purging.purge(Session.objects.filter(expire_date__lte=clock.Now()), at_most=at_most)


class Command(TaskCommand):
    help = (
        "Release expired holds, and delete rows that are no longer needed. The seats of a hold are available as soon "
        "as it expires, even if this command does not run."
    )
    tasks = (
        Task("holds", "Expired holds released", holds.release_expired),
        Task("hold-clients", "Clients of holds deleted", hold_limits.purge, PURGE_INTERVAL),
        Task("booking-emails", "Booking emails deleted", email_queue.purge, PURGE_INTERVAL),
        Task("idempotency-keys", "Idempotency keys deleted", idempotency.purge, PURGE_INTERVAL),
        Task("throttling", "Throttling records deleted", throttling.purge, PURGE_INTERVAL),
        Task("refresh-tokens", "Refresh tokens deleted", tokens.purge, PURGE_INTERVAL),
        Task("posters", "Posters deleted", posters.purge, PURGE_INTERVAL),
        Task("admin-sessions", "Admin sessions deleted", _purge_admin_sessions, PURGE_INTERVAL),
    )
    every = 5
