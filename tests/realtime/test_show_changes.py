"""Viewers learn that the show itself has changed, by messages, by the clock, by polling and after reconnecting."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.booking.status import SeatStatus
from cinema.catalog import scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.core import clock
from cinema.models import Show
from tests import situations
from tests.booking.backdating import backdate_tickets
from tests.realtime.viewers import Viewer, eventually, run_in_thread, viewing
from tests.rules import ChangeRules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_polling")]

AVAILABLE, BLOCKED = SeatStatus.AVAILABLE, SeatStatus.BLOCKED


def show_changes(viewer: Viewer) -> int:
    """How many messages said that the show has changed."""
    return sum(changes.show_changed for changes in viewer.received)


@pytest.fixture
def show() -> Show:
    return situations.a_show(rows=["SP"])


def test_each_change_of_the_show_is_sent(show: Show) -> None:
    since = backdate_tickets()

    async def watched() -> None:
        async with viewing(show, since=since) as viewer, viewing(show) as other:
            later = show.starts_at + timedelta(hours=1)
            await run_in_thread(lambda: scheduling.reschedule(show_id=show.pk, starts_at=later))
            await eventually(lambda: show_changes(viewer) == show_changes(other) == 1, what="the other time")
            prices = {SeatCategory.PREMIUM: Decimal(30)}
            await run_in_thread(lambda: scheduling.reschedule(show_id=show.pk, prices=prices))
            await eventually(lambda: show_changes(viewer) == 2, what="the price")
            assert "A2" in {seat.label for seat in viewer.received[-1].seats}
            await run_in_thread(lambda: theaters.change_screen(screen_id=show.screen_id, rows=["SS"]))
            await eventually(lambda: show_changes(viewer) == 3, what="the plan")
            # Only A2 differs from what was sent before.
            assert [(seat.label, seat.category) for seat in viewer.received[-1].seats] == [("A2", "STANDARD")]
            await run_in_thread(lambda: scheduling.cancel(show_id=show.pk))
            await eventually(lambda: show_changes(viewer) == 4, what="the cancellation")
            assert viewer.seats == other.seats == {"A1": BLOCKED, "A2": BLOCKED}

    asyncio.run(watched())


def test_sale_does_not_count_as_a_change_of_the_show(show: Show) -> None:
    since = backdate_tickets()

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            await run_in_thread(lambda: situations.a_booking("A1", show=show))
            await eventually(lambda: "A1" in viewer.seats, what="the booking")
            assert show_changes(viewer) == 0

    asyncio.run(watched())


def test_viewer_that_reconnects_learns_of_the_change(show: Show) -> None:
    since = backdate_tickets()
    scheduling.cancel(show_id=show.pk)

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            await eventually(lambda: show_changes(viewer) == 1, what="the cancellation")
            assert viewer.seats == {"A1": BLOCKED, "A2": BLOCKED}

    asyncio.run(watched())


def test_closing_by_the_clock_is_sent(show: Show) -> None:
    since = backdate_tickets()
    Show.objects.update(starts_at=clock.now() + timedelta(seconds=0.5))

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            await eventually(lambda: show_changes(viewer) == 1, what="the end of the sale")
            (changes,) = viewer.received
            starts_at = await run_in_thread(lambda: Show.objects.get().starts_at)
            assert (changes.seats, changes.read_at >= starts_at) == ([], True)

    asyncio.run(watched())


def test_unannounced_change_is_found_by_polling(show: Show, change_rules: ChangeRules) -> None:
    change_rules(poll_interval_seconds=0.05)
    since = backdate_tickets()

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            await run_in_thread(lambda: Show.objects.update(format="IMAX", changed_at=clock.now()))
            await eventually(lambda: show_changes(viewer) == 1, what="a poll")

    asyncio.run(watched())
