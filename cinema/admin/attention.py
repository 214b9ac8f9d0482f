"""What needs the attention of staff: gaps and overlaps in the schedule, cancelled and moved shows, and delays."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateformat import format as date_format

from cinema.accounts.mail_queue import QueuedMail
from cinema.admin import local_times
from cinema.booking.email_queue import BookingEmail
from cinema.booking.models import Booking, BookingStatus
from cinema.catalog.models import Show, Theater
from cinema.catalog.moves import EarlierStart
from cinema.catalog.rules import rules
from cinema.catalog.time_zones import day_in, day_of
from cinema.core.text import counted, join_words

DAYS_AHEAD = 7
DAY = timedelta(days=1)
# Workers process a row of a queue, and release an expired hold, within seconds.
MAX_DELAY = timedelta(minutes=15)
MAX_NOTICES = 20


@dataclass(frozen=True)
class Notice:
    """`link` is the page where staff can do something about it, or empty."""

    text: str
    link: str = ""


def notices(request: HttpRequest, theaters: Sequence[Theater], now: datetime) -> list[Notice]:
    """At most `MAX_NOTICES` notices that the user may see, urgent ones first.

    `theaters` are all theaters if the user may view shows, and otherwise none.
    """
    user = request.user
    found: list[Notice] = []
    if user.has_perm("cinema.view_queuedmail"):
        found += _of_queue("Emails about accounts", QueuedMail.objects.all(), now)
    if user.has_perm("cinema.view_bookingemail"):
        found += _of_queue("Emails about bookings", BookingEmail.waiting(), now)
    if user.has_perm("cinema.view_booking"):
        found += _expired_holds(now)
    if theaters:
        found += _of_schedule(theaters, now)
    if theaters and user.has_perm("cinema.view_booking"):
        found += _changed_shows(now)
    return found[:MAX_NOTICES]


def _of_queue(name: str, waiting: QuerySet[Any], now: datetime) -> Iterator[Notice]:
    rows = waiting.aggregate(
        failing=Count("pk", filter=~Q(error="")), late=Count("pk", filter=Q(due_at__lt=now - MAX_DELAY))
    )
    if rows["failing"]:
        yield Notice(
            f"{name}: {rows['failing']} failed and will be tried again. The log of the server has the reasons."
        )
    if rows["late"]:
        yield Notice(f"{name}: {rows['late']} late. Check that the background process is running.")


def _expired_holds(now: datetime) -> Iterator[Notice]:
    late = Booking.objects.filter(status=BookingStatus.HELD, expires_at__lt=now - MAX_DELAY)
    count = late.aggregate(count=Count("pk"))["count"]
    if count:
        text = f"Expired holds: {count} not released. Check that the background process is running."
        yield Notice(text, reverse("admin:cinema_booking_changelist"))


def _of_schedule(theaters: Sequence[Theater], now: datetime) -> Iterator[Notice]:
    """Overlaps of upcoming shows, and days without shows, until `DAYS_AHEAD` days ahead. Takes one statement."""
    days = {theater.pk: _days(theater, now) for theater in theaters}
    # Also shows of the evening before, which may overlap a show after midnight.
    begin = min(moments[0] for _, moments in days.values()) - DAY
    end = max(moments[-1] for _, moments in days.values())
    shows = Show.objects.not_cancelled().filter(starts_at__gte=begin, starts_at__lt=end)
    fields = ("screen__theater", "screen", "screen__name", "starts_at", "ends_at")
    by_theater: dict[int, list[Any]] = defaultdict(list)
    for theater_id, *show in shows.order_by("screen", "starts_at").values_list(*fields):
        by_theater[theater_id].append(show)
    for theater in theaters:
        yield from _overlaps(theater, by_theater[theater.pk], now)
    for theater in theaters:
        dates, moments = days[theater.pk]
        starts = {bisect_right(moments, starts_at) - 1 for _, _, starts_at, _ in by_theater[theater.pk]}
        empty = [day for number, day in enumerate(dates) if number not in starts]
        if empty:
            yield _gap(theater, empty)


def _days(theater: Theater, now: datetime) -> tuple[list[date], list[datetime]]:
    """The cinema days, and when they begin, and when the last one ends.

    After midnight, they begin with the new date: it is too late to add shows to the evening that is ending.
    """
    today = local_times.local(now, theater).date()
    dates = [today + number * DAY for number in range(DAYS_AHEAD + 1)]
    limits = [day_in(theater.time_zone, day, ends_at=theater.day_ends_at) for day in dates]
    return dates, [*(begin for begin, _ in limits), limits[-1][1]]


def _overlaps(theater: Theater, shows: Sequence[Any], now: datetime) -> Iterator[Notice]:
    for (screen_id, name, _, ends_at), (next_screen_id, _, starts_at, _) in pairwise(shows):
        if screen_id == next_screen_id and now < starts_at < ends_at + rules().cleaning_time:
            when = local_times.date_and_time(starts_at, theater)
            text = f"{theater}, {name}: the show on {when} starts before the previous one and its cleaning time end."
            yield Notice(text, _schedule(theater, day_of(starts_at, theater.time_zone, ends_at=theater.day_ends_at)))


def _gap(theater: Theater, days: Sequence[date]) -> Notice:
    if len(days) > DAYS_AHEAD:
        text = f"{theater}: no shows today or in the next {DAYS_AHEAD} days."
    else:
        text = f"{theater}: no shows on {join_words(_periods(days))}."
    return Notice(text, _schedule(theater, days[0]))


def _periods(days: Sequence[date]) -> list[str]:
    """The days as text. More than two consecutive days are one period, such as `Tue Dec 1 to Mon Dec 7`."""
    periods: list[list[date]] = []
    for day in days:
        if periods and day - periods[-1][-1] == DAY:
            periods[-1].append(day)
        else:
            periods.append([day])
    texts = []
    for period in periods:
        names = [date_format(day, "D M j") for day in period]
        texts += [f"{names[0]} to {names[-1]}"] if len(names) > 2 else names  # noqa: PLR2004 - see above
    return texts


def _changed_shows(now: datetime) -> Iterator[Notice]:
    """Shows that were cancelled or moved, and whose customers may not know it, in the order of their first start.

    A show is listed if it starts within `DAYS_AHEAD` days, and also if it was to start then and was moved to another
    day. Takes three statements.
    """
    soon = {"starts_at__gte": now, "starts_at__lt": now + DAYS_AHEAD * DAY}
    earlier: defaultdict[int, set[datetime]] = defaultdict(set)
    for pk, starts_at in EarlierStart.objects.filter(**soon).values_list("show_id", "starts_at"):
        earlier[pk].add(starts_at)
    # A subquery instead of the list would make the database read all shows.
    shows = Show.objects.exclude(cancelled_at=None, moved_at=None).filter(Q(**soon) | Q(pk__in=list(earlier)))
    with_the_show = Q(show__cancelled_at__isnull=False, cancelled_at__gte=F("show__cancelled_at"))
    before_the_move = Q(show__cancelled_at=None, status=BookingStatus.CONFIRMED, created_at__lte=F("show__moved_at"))
    affected = Booking.objects.booked().filter(with_the_show | before_the_move, show__in=shows).order_by()
    rows = affected.values_list("show", "show__starts_at").annotate(Count("pk"))
    first_starts = sorted((min({starts_at, *earlier[pk]}), pk, count) for pk, starts_at, count in rows)
    listed = first_starts[:MAX_NOTICES]
    details = Show.objects.with_details().in_bulk([pk for _, pk, _ in listed])
    for _, pk, count in listed:
        yield _changed_show(details[pk], counted(count, "booking"), earlier[pk])


def _changed_show(show: Show, bookings: str, earlier: set[datetime]) -> Notice:
    what = f"Cancelled with {bookings}" if show.cancelled_at else f"Moved after {bookings}"
    text = f"{what}: {show.movie}, {show.screen}, {local_times.start_of(show)}."
    # A show can have been moved several times, and back to a start that it had before.
    others = sorted(earlier - {show.starts_at})
    if others:
        starts = join_words([local_times.date_and_time(start, show.screen.theater) for start in others])
        text += f" Earlier {'start' if len(others) == 1 else 'starts'}: {starts}."
    return Notice(text, reverse("admin:cinema_booking_changelist", query={"show": show.pk}))


def _schedule(theater: Theater, day: date) -> str:
    return reverse("admin:cinema_show_schedule", query={"theater": theater.pk, "day": day})
