"""While the database is away, those who look on stay, and are told when it is back."""

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
from tests.realtime.looking_on import booking, done, eventually, looking_on, now_that_all_is_long_ago

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nobody_looks_unasked")]

look = seat_maps.read_changes


@dataclass
class Reading:
    """Looks, or fails to."""

    failure: Exception
    fails: bool = False
    tries_in_vain: list[int] = field(default_factory=list)

    def look(self, show_id: int, *, since: datetime | None) -> ChangesRead:
        if self.fails:
            self.tries_in_vain.append(show_id)
            raise self.failure
        return look(show_id, since=since)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (OperationalError("server closed the connection unexpectedly"), ": no database: "),
        (LookupError("ours"), ""),
    ],
)
def test_a_database_that_is_away_is_asked_until_it_is_back(
    show: Show, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: Exception, said: str
) -> None:
    reading = Reading(failure)
    monkeypatch.setattr(seat_maps, "read_changes", reading.look)
    monkeypatch.setattr(watch, "RETRY_SECONDS", 0.01)
    since = now_that_all_is_long_ago()

    async def watched() -> None:
        async with looking_on(show, since=since) as onlooker:
            for labels in (["A1"], ["A1", "A2"]):
                reading.fails = True
                reading.tries_in_vain.clear()
                await done(booking(labels[-1], show=show))
                await eventually(lambda: len(reading.tries_in_vain) >= 3, what="three tries in vain")
                async with looking_on(show, since=since) as newcomer:
                    # It has come when its task has had a turn, in the middle of the outage.
                    await asyncio.sleep(0)
                    reading.fails = False
                    await eventually(lambda: bool(newcomer.told), what="the newcomer to be told")
                    assert list(newcomer.seats) == labels
            await eventually(lambda: onlooker.seats.keys() == {"A1", "A2"}, what="the other to be told")

    with caplog.at_level(logging.ERROR):
        asyncio.run(watched())

    # Once for each outage, however often it was tried.
    messages = [record.getMessage().removeprefix(f"cannot read show {show.pk}") for record in caplog.records]
    assert [message.startswith(said) for message in messages] == [True, True]


def test_a_mistake_of_ours_ends_nobodys_watch_and_loses_nothing(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    since, works, broken = now_that_all_is_long_ago(), watch._since, [LookupError("ours")]  # noqa: SLF001 - to break it

    def breaks_once(moment: datetime | None, look: ChangesRead) -> ChangedSeats:
        if broken:
            raise broken.pop()
        return works(moment, look)

    async def watched() -> None:
        async with looking_on(show, since=since) as first:
            await done(booking("A1", show=show))
            await eventually(lambda: first.seats.keys() == {"A1"}, what="the first to be told")
            monkeypatch.setattr(watch, "_since", breaks_once)
            monkeypatch.setattr(watch, "RETRY_SECONDS", 0.01)
            await done(booking("A2", show=show))
            async with looking_on(show, since=since) as newcomer:
                await eventually(lambda: newcomer.seats.keys() == {"A1", "A2"}, what="the newcomer to be told")
                await eventually(lambda: first.seats.keys() == {"A1", "A2"}, what="the first to be told")
        assert not broken

    asyncio.run(watched())
