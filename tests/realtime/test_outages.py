"""During a database outage, viewers stay subscribed, and get all changes afterwards."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.db import OperationalError

from cinema.booking import seat_maps
from cinema.booking.seat_maps import ChangedSeats, ChangesRead
from cinema.models import Show
from cinema.realtime import watch
from tests.booking.backdating import backdate_tickets
from tests.realtime.viewers import booking, eventually, run_in_thread, viewing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_polling")]

read_changes = seat_maps.read_changes


@dataclass
class Reading:
    """Reads changes, or fails."""

    failure: Exception
    fails: bool = False
    failed_reads: list[int] = field(default_factory=list)

    def read(self, show_id: int, *, since: datetime | None) -> ChangesRead:
        if self.fails:
            self.failed_reads.append(show_id)
            raise self.failure
        return read_changes(show_id, since=since)


@pytest.mark.parametrize(
    ("failure", "logged"),
    [
        (OperationalError("server closed the connection unexpectedly"), ": no database: "),
        (LookupError("bug"), ""),
    ],
)
def test_read_is_tried_again_until_the_database_is_back(
    show: Show,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    logged: str,
) -> None:
    reading = Reading(failure)
    monkeypatch.setattr(seat_maps, "read_changes", reading.read)
    monkeypatch.setattr(watch, "RETRY_SECONDS", 0.01)
    since = backdate_tickets()

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            for labels in (["A1"], ["A1", "A2"]):
                reading.fails = True
                reading.failed_reads.clear()
                await run_in_thread(booking(labels[-1], show=show))
                await eventually(lambda: len(reading.failed_reads) >= 3, what="three failed reads")
                async with viewing(show, since=since) as new_viewer:
                    # One iteration of the event loop runs the new task up to its subscription, during the outage.
                    await asyncio.sleep(0)
                    reading.fails = False
                    await eventually(lambda: bool(new_viewer.received), what="the new viewer's update")
                    assert list(new_viewer.seats) == labels
            await eventually(lambda: viewer.seats.keys() == {"A1", "A2"}, what="the other viewer's update")

    with caplog.at_level(logging.ERROR):
        asyncio.run(watched())

    # One message for each outage, regardless of the number of reads.
    messages = [record.getMessage().removeprefix(f"cannot read show {show.pk}") for record in caplog.records]
    assert [message.startswith(logged) for message in messages] == [True, True]


def test_bug_in_a_watch_ends_no_subscription_and_loses_no_change(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    since, original, errors = backdate_tickets(), ChangesRead.since, [LookupError("bug")]

    def fail_once(read: ChangesRead, moment: datetime | None) -> ChangedSeats:
        if errors:
            raise errors.pop()
        return original(read, moment)

    async def watched() -> None:
        async with viewing(show, since=since) as first:
            await run_in_thread(booking("A1", show=show))
            await eventually(lambda: first.seats.keys() == {"A1"}, what="the first viewer's update")
            monkeypatch.setattr(ChangesRead, "since", fail_once)
            monkeypatch.setattr(watch, "RETRY_SECONDS", 0.01)
            await run_in_thread(booking("A2", show=show))
            async with viewing(show, since=since) as new_viewer:
                await eventually(lambda: new_viewer.seats.keys() == {"A1", "A2"}, what="the new viewer's update")
                await eventually(lambda: first.seats.keys() == {"A1", "A2"}, what="the first viewer's update")
        assert not errors

    asyncio.run(watched())
