"""Use cases for theaters, screens and seats."""

from collections.abc import Sequence
from datetime import time
from typing import TypedDict, Unpack

from django.db.models import Count, ProtectedError

from cinema.accounts.models import User
from cinema.catalog import layouts, locks, show_changes
from cinema.catalog.events import SeatsRetiring
from cinema.catalog.layouts import Layout, PlannedSeat, SeatCategory, SeatNumbering
from cinema.catalog.models import Price, Screen, Seat, Show, Theater, new_plan_version
from cinema.catalog.prices import currency_of
from cinema.core import clock, events
from cinema.core.errors import InvalidInput
from cinema.core.text import join_words, normalized
from cinema.core.transactions import use_case
from cinema.core.validation import save_checked


class TheaterFields(TypedDict, total=False):
    """The fields of a theater. A deadline that is None and a currency that is empty are those of the settings."""

    name: str
    city: str
    time_zone: str
    currency: str
    booking_closes_minutes_before_start: int | None
    cancelling_closes_minutes_before_start: int | None
    day_ends_at: time


class PlanFields(TypedDict, total=False):
    """The parts of a seat plan: see `Layout`."""

    rows: Sequence[str]
    row_labels: Sequence[str | None] | None
    numbering: SeatNumbering


@use_case
def add_theater(**fields: Unpack[TheaterFields]) -> Theater:
    """Create a theater. Raises `InvalidInput`."""
    theater = Theater(currency="")
    _set_fields(theater, fields)
    save_checked(theater, field="name")
    return theater


@use_case
def change_theater(*, theater_id: int, **fields: Unpack[TheaterFields]) -> Theater:
    """Change the given fields. A new time zone does not change the start of existing shows.

    Raises `NotFound`, and `InvalidInput`, also if the currency of a theater with shows that have not ended would
    change: their prices are in this currency.
    """
    theater = locks.theater(theater_id)
    currency, deadlines = currency_of(theater), _deadlines(theater)
    _set_fields(theater, fields)
    if (currency_of(theater), _deadlines(theater)) != (currency, deadlines):
        _change_shows_of(theater, currency_before=currency)
    save_checked(theater, field="name")
    return theater


@use_case
def remove_theater(*, theater_id: int) -> None:
    """Delete a theater. Raises `NotFound`, or `InvalidInput` if the theater has screens."""
    theater = locks.theater(theater_id)
    try:
        theater.delete()
    except ProtectedError as error:
        raise _has_screens() from error


def check_removable_theater(theater: Theater) -> None:
    """Raise `InvalidInput` if the theater has screens, so that `remove_theater` would refuse."""
    if theater.screens.exists():
        raise _has_screens()


def _has_screens() -> InvalidInput:
    return InvalidInput.of("theater_id", "has_screens", "This theater has screens, so it cannot be deleted.")


@use_case
def add_screen(*, theater_id: int, name: str, **plan: Unpack[PlanFields]) -> Screen:
    """Create a screen with its seats. `layouts` describes the plan. Raises `NotFound`, `InvalidInput`."""
    screen = Screen(theater=locks.theater(theater_id), name=normalized(name))
    planned = _set_plan(screen, _changed(Layout([]), plan))
    save_checked(screen, field="name")
    Seat.objects.bulk_create(_new_seats(screen, planned))
    return screen


@use_case
def change_screen(
    *, screen_id: int, name: str | None = None, by: User | None = None, **plan: Unpack[PlanFields]
) -> Screen:
    """Change the name or the given parts of the seat plan of a screen. Unchanged seats keep their tickets.

    `by` is None for a background process. Raises `NotFound`, `InvalidInput` (also if an upcoming show has no price
    for a category that the plan adds), and `SeatsSold` if a removed seat is sold for a show that has not ended.
    """
    screen = locks.screens([screen_id])[screen_id]
    screen.name = screen.name if name is None else normalized(name)
    layout = _changed(screen.layout, plan)
    if layout != screen.layout:
        _change_plan(screen, layout, by=by)
    save_checked(screen, field="name")
    return screen


def _set_fields(theater: Theater, fields: TheaterFields) -> None:
    for name, value in fields.items():
        setattr(theater, name, normalized(value) if isinstance(value, str) else value)
    theater.currency = theater.currency.upper()


def _deadlines(theater: Theater) -> tuple[int | None, int | None]:
    return theater.booking_closes_minutes_before_start, theater.cancelling_closes_minutes_before_start


def _change_shows_of(theater: Theater, *, currency_before: str) -> None:
    """Announce that booking or cancelling closes at another time. Raises `InvalidInput` if the currency changes."""
    # While they are locked, no show can be added.
    screens = locks.screens(theater.screens.values_list("pk", flat=True))
    shows = [show for screen in screens.values() for show in locks.shows_not_ended(screen)]
    if shows and currency_of(theater) != currency_before:
        message = f"This theater has shows with prices in {currency_before}, so its currency can't be changed."
        raise InvalidInput.of("currency", "has_shows", message)
    show_changes.record(shows)


def _changed(layout: Layout, plan: PlanFields) -> Layout:
    row_labels = layouts.normalize_row_labels(plan.get("row_labels", layout.row_labels))
    return Layout(list(plan.get("rows", layout.rows)), row_labels, plan.get("numbering", layout.numbering))


def _change_plan(screen: Screen, layout: Layout, *, by: User | None) -> None:
    planned = _set_plan(screen, layout)
    shows = locks.shows_not_ended(screen)
    current = {_to_planned(seat): seat for seat in screen.seats.current()}
    kept = current.keys() & set(planned)
    removed = [seat for planned_seat, seat in current.items() if planned_seat not in kept]
    events.publish(SeatsRetiring(screen, removed, by))
    _check_prices(shows, {seat.category for seat in planned})
    Seat.objects.filter(pk__in=[seat.pk for seat in removed]).update(retired_at=clock.now())
    Seat.objects.bulk_create(_new_seats(screen, [seat for seat in planned if seat not in kept]))
    show_changes.record(shows)


def _check_prices(shows: Sequence[Show], categories: set[SeatCategory]) -> None:
    """Raise `InvalidInput` if one of `shows` has no price for one of `categories`."""
    priced = Price.objects.filter(show__in=shows).values_list("category").annotate(shows=Count("show"))
    priced_in_all = {category for category, count in priced if count == len(shows)}
    missing = categories - priced_in_all
    if shows and missing:
        names = join_words(sorted(category.lower() for category in missing))
        message = f"Upcoming shows have no price for {names} seats. Add the prices first."
        raise InvalidInput.of("rows", "unpriced_category", message)


def _set_plan(screen: Screen, layout: Layout) -> list[PlannedSeat]:
    try:
        planned = layouts.parse(layout)
    except layouts.InvalidPlan as error:
        raise InvalidInput.of(error.field, "invalid_plan", str(error)) from error
    screen.plan, screen.numbering, screen.seat_count = layout.text, layout.numbering, len(planned)
    screen.plan_version = new_plan_version()
    return planned


def _to_planned(seat: Seat) -> PlannedSeat:
    category = SeatCategory(seat.category)
    return PlannedSeat(seat.label, seat.row, seat.row_index, seat.number, seat.column, category, seat.unit)


def _new_seats(screen: Screen, planned: Sequence[PlannedSeat]) -> list[Seat]:
    return [
        Seat(
            screen=screen,
            label=seat.label,
            row=seat.row,
            row_index=seat.row_index,
            number=seat.number,
            column=seat.column,
            category=seat.category,
            unit=seat.unit,
        )
        for seat in planned
    ]
