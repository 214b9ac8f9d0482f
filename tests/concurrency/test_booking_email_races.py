"""Workers that collect and send emails about bookings at the same time send each once."""

from functools import partial

import pytest
from django.core import mail

from cinema.booking import emails
from cinema.booking.email_queue import BookingEmail, HistoryRead
from cinema.core import clock
from cinema.models import Show
from tests import situations
from tests.concurrency.racing import race, retrying_if_busy

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_workers_send_each_email_once(show: Show) -> None:
    now = clock.now()
    HistoryRead.objects.update_or_create(pk=1, defaults={"read_until": now, "reread_until": now})
    buyer = situations.a_user("ada", verified_email="ada@example.com")
    labels = [f"{row}{number}" for row in "AB" for number in range(1, 6)]
    for label in labels:
        situations.a_booking(label, show=show, by=buyer)

    results = race(*[retrying_if_busy(partial(emails.send_due, at_most=20))] * 4)

    # A worker that gave up was called again, and does not count what it had sent before.
    assert all(isinstance(result, int) for result in results)
    assert len({message.subject for message in mail.outbox}) == len(mail.outbox) == len(labels)
    assert not BookingEmail.waiting().exists()
