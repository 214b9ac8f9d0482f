"""The queue, with emails as its rows."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from cinema.accounts.mail_queue import QueuedMail
from cinema.core import clock, queue
from cinema.core.queue import MAX_JITTER, Backoff
from tests.accounts.mailing import age_queued_emails, enqueue

pytestmark = pytest.mark.django_db

LEASE = timedelta(minutes=5)
BACKOFF = Backoff(first=timedelta(seconds=10), max_pause=timedelta(minutes=1))
# More than the time between two statements of a test, and less than a lease.
TOLERANCE = timedelta(minutes=1)


def a_row(address: str = "ada@example.com") -> QueuedMail:
    enqueue("VERIFICATION", address)
    return QueuedMail.objects.get(address=address)


def claimed() -> QueuedMail | None:
    return queue.claim(QueuedMail.objects.all(), lease=LEASE)


def test_claimed_row_is_due_again_when_the_lease_ends() -> None:
    row = a_row()
    assert claimed() == row
    assert claimed() is None
    age_queued_emails(LEASE - TOLERANCE)
    assert claimed() is None
    age_queued_emails(TOLERANCE)
    again = claimed()
    assert again == row
    assert again is not None
    assert again.attempts == 2


def test_row_that_has_been_due_longest_is_claimed_first() -> None:
    a_row("young@example.com")
    old = a_row("old@example.com")
    QueuedMail.objects.filter(pk=old.pk).update(due_at=clock.now() - timedelta(hours=1))
    assert claimed() == old


def test_only_the_given_rows_are_claimed() -> None:
    a_row("ann@example.com")
    bob = a_row("bob@example.com")
    rows = QueuedMail.objects.filter(address="bob@example.com")
    assert queue.claim(rows, lease=LEASE) == bob
    assert queue.claim(rows, lease=LEASE) is None


def test_row_that_is_not_due_is_not_claimed() -> None:
    a_row()
    QueuedMail.objects.update(due_at=clock.now() + timedelta(seconds=30))
    assert claimed() is None


@dataclass(frozen=True)
class Pause:
    """The pause before the next attempt. Its start is not stored, only that it lies in the call."""

    shortest: timedelta
    longest: timedelta

    def is_between(self, shortest: timedelta, longest: timedelta) -> bool:
        # SQLite's clock has milliseconds.
        rounding = timedelta(milliseconds=2)
        return self.longest >= shortest - rounding and self.shortest <= longest + rounding


def retried(row: QueuedMail, *, delay: timedelta | None = None, error: str = "no") -> Pause:
    before = clock.now()
    queue.retry(row, error=error, backoff=BACKOFF, delay=delay)
    after = clock.now()
    due_at = QueuedMail.objects.get(pk=row.pk).due_at
    return Pause(due_at - after, due_at - before)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 10), (1, 10), (2, 20), (3, 40), (4, 60), (5, 60), (2_000_000_000, 60)]
)
def test_pauses_double_up_to_the_longest(attempts: int, seconds: int) -> None:
    a_row()
    QueuedMail.objects.update(attempts=attempts)
    pause = timedelta(seconds=seconds)
    assert retried(QueuedMail.objects.get()).is_between(pause, pause * (1 + MAX_JITTER))


def test_pauses_have_jitter() -> None:
    row = a_row()
    delay = timedelta(hours=10)
    assert len({round(retried(row, delay=delay).longest.total_seconds() / 10) for _ in range(20)}) > 5


def test_requested_delay_is_used() -> None:
    delay = timedelta(hours=3)
    assert retried(a_row(), delay=delay).is_between(delay, delay * (1 + MAX_JITTER))


def test_long_error_is_cut() -> None:
    retried(a_row(), error="x" * 5000)
    assert QueuedMail.objects.get().error == "x" * 1000


def test_worker_cannot_retry_after_the_end_of_its_lease() -> None:
    """Another worker has claimed the row since."""
    a_row()
    slow = claimed()
    assert slow is not None
    age_queued_emails(LEASE)
    assert claimed() is not None
    before = QueuedMail.objects.values().get()

    queue.retry(slow, error="slow", backoff=BACKOFF)

    assert QueuedMail.objects.values().get() == before


def test_removed_row_is_deleted() -> None:
    other, removed = a_row("other@example.com"), a_row("removed@example.com")
    queue.remove(removed)
    assert list(QueuedMail.objects.all()) == [other]


@pytest.mark.parametrize(("at_most", "handled"), [(0, 0), (2, 2), (3, 3), (4, 3)])
def test_number_of_processed_rows_is_limited(at_most: int, handled: int) -> None:
    for name in ("ann", "bob", "cid"):
        a_row(f"{name}@example.com")
    seen: list[str] = []

    def handle(row: QueuedMail) -> bool:
        seen.append(row.address)
        return True

    assert queue.process(QueuedMail.objects.all(), handle, lease=LEASE, at_most=at_most) == handled
    assert seen == ["ann@example.com", "bob@example.com", "cid@example.com"][:handled]


def test_processing_stops_when_the_handler_says_so() -> None:
    for name in ("ann", "bob"):
        a_row(f"{name}@example.com")
    assert queue.process(QueuedMail.objects.all(), lambda row: False, lease=LEASE, at_most=10) == 1
    assert QueuedMail.objects.filter(attempts=0).count() == 1
