from cinema.accounts import throttling
from cinema.booking import holds
from cinema.core import idempotency
from cinema.management.loops import Task, TaskCommand

# Deleting is less urgent than releasing holds, whose expiry staff see in the history of a seat.
PURGE_INTERVAL = 600.0


class Command(TaskCommand):
    help = (
        "Release expired holds, and delete what is no longer needed. Nothing depends on it: the seats of a hold are "
        "free from the moment it expires."
    )
    tasks = (
        Task("holds", "Expired holds released", holds.release_expired),
        Task("idempotency-keys", "Idempotency keys deleted", idempotency.purge, PURGE_INTERVAL),
        Task("throttling", "Throttling records deleted", throttling.purge, PURGE_INTERVAL),
    )
    every = 5
