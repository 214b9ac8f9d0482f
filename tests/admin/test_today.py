import itertools
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from cinema.accounts.mail_queue import MailKind, QueuedMail
from cinema.admin import attention, today
from cinema.admin.local_times import date_and_time
from cinema.booking import blocks, bookings, recent_sales
from cinema.booking.email_queue import BookingEmail, BookingEmailKind
from cinema.catalog import scheduling
from cinema.catalog.models import Show
from cinema.catalog.moves import EarlierStart
from cinema.catalog.queries import theaters
from cinema.catalog.time_zones import day_of
from cinema.core.money import Money
from tests import situations
from tests.admin.conftest import staff_client_with

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)

_free_hours = itertools.count(24 * 30, 3)


def shown(client: Client) -> str:
    response = client.get(INDEX)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def texts(client: Client) -> list[str]:
    return [notice.text for notice in client.get(INDEX).context["notices"]]


def a_show(**fields: Any) -> Show:
    """A show at a time at which no other test show is on its screen."""
    return situations.a_show(starts_at=situations.in_hours(next(_free_hours)), **fields)


def at(show: Show, starts_at: datetime) -> Show:
    """Move the show, also into the past, and without checking for overlaps."""
    length = show.ends_at - show.starts_at
    Show.objects.filter(pk=show.pk).update(starts_at=starts_at, ends_at=starts_at + length)
    show.refresh_from_db()
    return show


def by_theater(now: datetime) -> list[tuple[str, date, str, list[tuple[str, str]]]]:
    """Of each theater its name, day, time, and the shows in their local time with their phase."""
    return [
        (each.theater.name, each.day, each.time, [(s.starts, s.phase) for screen in each.screens for s in screen.shows])
        for each in today.theaters_today(list(theaters()), now)
    ]


def a_schedule_without_gaps() -> list[Show]:
    """A show on each of the days that are checked for gaps, all in the theater Odeon."""
    screen = situations.a_screen(theater=situations.a_theater(name="Odeon"))
    noon = timezone.now().replace(hour=12)
    return [at(a_show(screen=screen), noon + number * DAY) for number in range(attention.DAYS_AHEAD + 1)]


def test_each_theater_has_its_own_day_and_local_times() -> None:
    tokyo = situations.a_screen(theater=situations.a_theater("Asia/Tokyo", name="A"))
    lisbon = situations.a_screen(theater=situations.a_theater("Europe/Lisbon", name="B", day_ends_at=time(3)))
    for screen, day, hour, minute in (
        (tokyo, 9, 20, 59),
        (tokyo, 9, 21, 0),
        (tokyo, 10, 0, 0),
        (lisbon, 9, 20, 0),
        (lisbon, 10, 1, 50),
        (lisbon, 10, 2, 0),
    ):
        at(a_show(screen=screen), datetime(2026, 6, day, hour, minute, tzinfo=UTC))
    # In Tokyo it is 10:30. In Lisbon it is 02:30, before the end of the cinema day.
    assert by_theater(datetime(2026, 6, 10, 1, 30, tzinfo=UTC)) == [
        ("A", date(2026, 6, 10), "10:30", [("06:00", "ended"), ("09:00", "running")]),
        ("B", date(2026, 6, 9), "Wednesday, 02:30", [("21:00", "ended"), ("02:50", "upcoming")]),
    ]


def test_shows_are_grouped_by_screen_with_their_occupancy() -> None:
    theater = situations.a_theater(name="Odeon")
    first = a_show(screen=situations.a_screen(theater=theater))
    cancelled = a_show(screen=first.screen)
    second = a_show(screen=situations.a_screen(theater=theater))
    situations.a_booking("A1", "A2", show=first)
    situations.a_booking("B1", show=first)
    situations.a_hold("A4", show=first)
    blocks.block(show_id=first.pk, labels=["A3"], by=situations.a_user(is_staff=True))
    scheduling.cancel(show_id=cancelled.pk)
    for show, hours in ((first, -1), (cancelled, 3), (second, 1)):
        at(show, NOON + timedelta(hours=hours))
    (odeon,) = today.theaters_today(list(theaters()), NOON)
    found = {screen.name: [(each.show, each.percent, each.phase) for each in screen.shows] for screen in odeon.screens}
    assert found == {
        first.screen.name: [(first, 14, "running"), (cancelled, 0, "cancelled")],
        second.screen.name: [(second, 0, "upcoming")],
    }
    assert str(odeon.screens[0].shows[0].occupancy) == "3 of 21 booked, 1 held, 1 blocked"
    assert (odeon.show_count, odeon.booked, odeon.total, odeon.percent) == (2, 3, 42, 7)


def test_the_page_links_to_todays_shows(staff_client: Client) -> None:
    show = a_show()
    situations.a_booking("A1", "A2", "A3", show=show)
    at(show, timezone.now())
    assert "1 show, 3 of 21 seats booked (14%)" in shown(staff_client)
    schedule = f"{reverse('admin:cinema_show_schedule')}?theater={show.screen.theater_id}&amp;day="
    assert schedule in staff_client.get(INDEX).content.decode()
    assert reverse("admin:cinema_show_change", args=[show.pk]) in staff_client.get(INDEX).content.decode()
    clerk = staff_client_with("view_show")
    assert reverse("admin:cinema_show_seats", args=[show.pk]) in clerk.get(INDEX).content.decode()


def test_recent_sales_are_counted_by_movie_and_currency() -> None:
    popular, other = situations.a_movie("Popular"), situations.a_movie("Other")
    euros = situations.a_screen(theater=situations.a_theater(currency="EUR"))
    shows = [situations.a_show(movie=popular), situations.a_show(movie=popular, screen=euros)]
    situations.a_booking("A1", "A2", show=shows[0])
    kept = situations.a_booking("A1", "A2", "B1", show=shows[1])
    bookings.cancel(booking_id=kept.pk, labels=["A2"], by=kept.user)
    situations.a_booking("A1", "A2", show=situations.a_show(movie=other))
    cancelled = situations.a_booking("A3", show=shows[0])
    bookings.cancel(booking_id=cancelled.pk, by=cancelled.user)
    situations.age_booking(situations.a_booking("A4", show=shows[0]), by=2 * DAY)
    situations.a_hold("A5", show=shows[0])
    found = recent_sales.by_movie(since=timezone.now() - DAY, at_most=2)
    assert [(each.title, each.seats, list(each.amounts)) for each in found] == [
        ("Popular", 4, [Money(Decimal("25.5"), "EUR"), Money(Decimal(20), "USD")]),
        ("Other", 2, [Money(Decimal(20), "USD")]),
    ]
    assert [each.title for each in recent_sales.by_movie(since=timezone.now() - DAY, at_most=1)] == ["Popular"]


def test_days_without_shows_need_attention(staff_client: Client) -> None:
    shows = a_schedule_without_gaps()
    assert texts(staff_client) == []
    assert "Nothing needs attention." in shown(staff_client)
    Show.objects.filter(pk__in=[show.pk for show in shows[2:4]]).update(cancelled_at=timezone.now())
    days = [day_of(show.starts_at, "UTC", ends_at=time(6)) for show in shows[2:4]]
    names = " and ".join(f"{day:%a %b} {day.day}" for day in days)
    assert texts(staff_client) == [f"Odeon, Lisbon: no shows on {names}."]
    Show.objects.update(cancelled_at=timezone.now())
    assert texts(staff_client) == ["Odeon, Lisbon: no shows today or in the next 7 days."]


def test_overlapping_shows_need_attention(staff_client: Client) -> None:
    first = a_schedule_without_gaps()[1]
    later = a_show(screen=first.screen)
    # A show takes 100 minutes, and cleaning takes 15 minutes.
    at(later, first.starts_at + timedelta(minutes=115))
    assert texts(staff_client) == []
    at(later, first.starts_at + timedelta(minutes=114))
    (text,) = texts(staff_client)
    assert text.startswith(f"Odeon, Lisbon, {later.screen.name}: the show on ")
    Show.objects.filter(pk=first.pk).update(cancelled_at=timezone.now())
    assert [text for text in texts(staff_client) if "the show on" in text] == []


def test_after_midnight_only_upcoming_shows_and_days_need_attention(rf: RequestFactory) -> None:
    screen = situations.a_screen(theater=situations.a_theater(name="Odeon"))
    midnight = datetime(2026, 6, 10, tzinfo=UTC)
    for number in range(attention.DAYS_AHEAD + 1):
        at(a_show(screen=screen), NOON + number * DAY)
    # No show starts in the evening of June 9. Two shows start after midnight.
    at(a_show(screen=screen), midnight + timedelta(hours=1))
    at(a_show(screen=screen), midnight + timedelta(hours=2))
    request = rf.get(INDEX)
    request.user = situations.a_staff_member("view_show")

    def found(now: datetime) -> list[str]:
        return [notice.text for notice in attention.notices(request, list(theaters()), now)]

    overlap = f"Odeon, Lisbon, {screen.name}: the show on Wed, Jun 10, 2026, 02:00"
    assert [text.startswith(overlap) for text in found(midnight + timedelta(minutes=30))] == [True]
    assert found(midnight + timedelta(hours=2)) == []


def test_shows_cancelled_or_moved_with_bookings_need_attention(staff_client: Client) -> None:
    cancelled, moved, unbooked, held = (situations.a_show() for _ in range(4))
    situations.a_hold("A1", show=held)
    situations.a_hold("A3", show=cancelled)
    for show in (cancelled, moved):
        situations.a_booking("A1", show=show)
    earlier = situations.a_booking("A2", show=cancelled)
    bookings.cancel(booking_id=earlier.pk, by=earlier.user)
    for show in (cancelled, unbooked, held):
        scheduling.cancel(show_id=show.pk)
    scheduling.reschedule(show_id=moved.pk, starts_at=moved.starts_at + timedelta(hours=1))
    situations.a_booking("A2", show=moved)
    found = [text for text in texts(staff_client) if "no shows" not in text]
    assert [text.split(":")[0] for text in found] == ["Cancelled with 1 booking", "Moved after 1 booking"]
    assert str(cancelled.movie) in found[0]
    assert str(moved.movie) in found[1]


def test_a_show_moved_to_a_later_week_needs_attention_until_its_original_start(staff_client: Client) -> None:
    first, second, unbooked = (situations.a_show(starts_at=situations.in_hours(hours)) for hours in (48, 24, 36))
    original = {show: f" {date_and_time(show.starts_at, show.screen.theater)}." for show in (first, second)}
    for show in original:
        situations.a_booking("A1", show=show)
    for show in (first, second, unbooked):
        scheduling.reschedule(show_id=show.pk, starts_at=show.starts_at + 20 * DAY)
    found = [text for text in texts(staff_client) if "no shows" not in text]
    assert [text.split(":")[0] for text in found] == ["Moved after 1 booking"] * 2
    assert [text.split("Earlier start:")[1] for text in found] == [original[second], original[first]]
    EarlierStart.objects.filter(show=first).update(starts_at=timezone.now() - DAY)
    assert len([text for text in texts(staff_client) if "no shows" not in text]) == 1


def test_a_show_that_was_moved_several_times_has_all_its_earlier_starts(staff_client: Client) -> None:
    again, back, first = (situations.a_show(starts_at=situations.in_hours(hours)) for hours in (72, 48, 24))
    for show in (again, back, first):
        situations.a_booking("A1", show=show)
    original, wrong, right = (again.starts_at + timedelta(hours=hours) for hours in (0, -2, 1))
    for start in (wrong, right):
        scheduling.reschedule(show_id=again.pk, starts_at=start)
    # These two are corrected to the start that they had before.
    for start in (back.starts_at + timedelta(hours=2), back.starts_at):
        scheduling.reschedule(show_id=back.pk, starts_at=start)
    for start in (first.starts_at + 20 * DAY, first.starts_at):
        scheduling.reschedule(show_id=first.pk, starts_at=start)
    found = [text for text in texts(staff_client) if "no shows" not in text]
    local = {at: date_and_time(at, again.screen.theater) for at in (original, wrong, right)}
    mistake = date_and_time(back.starts_at + timedelta(hours=2), back.screen.theater)
    assert "Earlier" not in found[0]
    assert found[1].endswith(f"{date_and_time(back.starts_at, back.screen.theater)}. Earlier start: {mistake}.")
    assert found[2].endswith(f"{local[right]}. Earlier starts: {local[wrong]} and {local[original]}.")


def test_delays_of_background_work_need_attention(staff_client: Client) -> None:
    QueuedMail.objects.create(kind=MailKind.VERIFICATION, address="a@example.com", error="refused")
    QueuedMail.objects.create(
        kind=MailKind.VERIFICATION, address="b@example.com", due_at=timezone.now() - timedelta(minutes=16)
    )
    show = situations.a_show()
    late = {"booking": situations.a_booking("A3", show=show), "due_at": timezone.now() - timedelta(minutes=16)}
    BookingEmail.objects.create(**late, kind=BookingEmailKind.CONFIRMED, at=timezone.now(), error="refused")
    BookingEmail.objects.create(
        **late, kind=BookingEmailKind.CANCELLED, at=timezone.now(), error="refused", ended_at=timezone.now()
    )
    situations.a_hold("A1", show=show, minutes_left=-16)
    situations.a_hold("A2", show=show, minutes_left=-14)
    found = [text for text in texts(staff_client) if "no shows" not in text]
    assert found == [
        "Emails about accounts: 1 failed and will be tried again. The log of the server has the reasons.",
        "Emails about accounts: 1 late. Check that the background process is running.",
        "Emails about bookings: 1 failed and will be tried again. The log of the server has the reasons.",
        "Emails about bookings: 1 late. Check that the background process is running.",
        "Expired holds: 1 not released. Check that the background process is running.",
    ]


@pytest.mark.parametrize(
    ("permission", "visible"),
    [
        ("view_movie", set()),
        ("view_show", {"shows", "schedule"}),
        ("change_show", {"shows", "schedule"}),
        ("view_booking", {"sales", "holds"}),
        ("view_queuedmail", {"mails"}),
    ],
)
def test_staff_see_only_what_they_may_view(permission: str, visible: set[str]) -> None:
    show = at(a_show(screen=situations.a_screen(theater=situations.a_theater(name="Odeon"))), timezone.now())
    situations.a_hold("A1", show=show, minutes_left=-16)
    QueuedMail.objects.create(kind=MailKind.VERIFICATION, address="a@example.com", error="refused")
    page = shown(staff_client_with(permission))
    parts = {
        "shows": show.movie.title,
        "schedule": "Odeon, Lisbon: no shows",
        "sales": "Booked in the last 24 hours",
        "holds": "Expired holds",
        "mails": "Emails about accounts",
    }
    assert {name for name, text in parts.items() if text in page} == visible
    assert ("cannot view shows or bookings" in page) == (not visible)
    assert "Add a show" not in page


def test_the_page_of_a_new_server_says_that_there_is_no_theater(staff_client: Client) -> None:
    assert "There are no theaters yet." in shown(staff_client)


def test_the_number_of_queries_is_constant(staff_client: Client, django_assert_num_queries: Any) -> None:
    def add_shows() -> None:
        for _ in range(2):
            screen = situations.a_screen(theater=situations.a_theater())
            for minutes in (0, 200):
                show = a_show(screen=screen)
                situations.a_booking("A1", show=show)
                at(show, timezone.now() + timedelta(minutes=minutes))
            scheduling.cancel(show_id=situations.a_booking().show_id)

    add_shows()
    with django_assert_num_queries(15):
        staff_client.get(INDEX)
    add_shows()
    # The sales are cached.
    with django_assert_num_queries(14):
        staff_client.get(INDEX)
