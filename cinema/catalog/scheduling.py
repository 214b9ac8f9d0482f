"""Use cases that schedule, change and cancel shows. Shows of a screen, with their cleaning time, do not overlap.

A lock on the screen enforces this. A transaction holds it from the check for overlaps until it commits, so the next
transaction sees the new show.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypedDict, Unpack

from cinema.accounts.models import User
from cinema.catalog import locks, moves, show_changes
from cinema.catalog.errors import ScreenOccupied
from cinema.catalog.events import ShowCancelled, ShowMoving
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import MAX_MOVIE_MINUTES, Movie, Price, Screen, Show
from cinema.catalog.prices import check_prices, currency_of
from cinema.catalog.rules import rules
from cinema.core import clock, events
from cinema.core.errors import InvalidInput
from cinema.core.transactions import TryAgain, requires_transaction, use_case
from cinema.core.validation import save_checked

MAX_TIME_AHEAD = timedelta(days=730)

Prices = Mapping[SeatCategory, Decimal]


class ShowDetails(TypedDict, total=False):
    """The fields of a show that need not be given.

    If `ends_at` is not given or None, the show ends when the movie ends. The default format is 2D. Without `subtitles`,
    there are none.
    """

    ends_at: datetime | None
    format: str
    language: str
    subtitles: str


class ShowFields(ShowDetails, total=False):
    """The fields of a show that staff can change. Categories that are not in `prices` keep their price."""

    movie_id: int
    screen_id: int
    starts_at: datetime
    prices: Prices


@use_case
def schedule(
    *, movie_id: int, screen_id: int, starts_at: datetime, prices: Prices, **details: Unpack[ShowDetails]
) -> Show:
    """Create a show.

    Raises `NotFound`, `ScreenOccupied`, and `InvalidInput`, also if `prices` lacks a seat category of the screen.
    """
    return schedule_in_transaction(
        movie_id=movie_id, screen_id=screen_id, starts_at=starts_at, prices=prices, **details
    )


@requires_transaction
def schedule_in_transaction(
    *, movie_id: int, screen_id: int, starts_at: datetime, prices: Prices, **details: Unpack[ShowDetails]
) -> Show:
    movie, screen = locks.movie(movie_id), locks.screens([screen_id])[screen_id]
    return add(movie, screen, starts_at=starts_at, prices=prices, **details)


@requires_transaction
def add(movie: Movie, screen: Screen, *, starts_at: datetime, prices: Prices, **details: Unpack[ShowDetails]) -> Show:
    """As `schedule`, for a movie and a screen that are locked already.

    `ScreenOccupied`, and `InvalidInput` for the times or languages, is raised before anything is stored.
    """
    show = Show(movie=movie, screen=screen, starts_at=starts_at)
    _set_version(show, details)
    _check_start(starts_at)
    show.ends_at = details.get("ends_at") or _end_of(movie, starts_at)
    _check_end(show)
    _check_screen_is_free(show)
    save_checked(show, field="starts_at", existing={"movie", "screen"})
    _set_prices(show, prices)
    return show


@use_case
def reschedule(*, show_id: int, by: User | None = None, **changes: Unpack[ShowFields]) -> Show:
    """Change the fields in `changes`. `by` is None for a background process.

    Without `ends_at`, the show keeps its duration. If the movie changes, it gets the duration of the new movie.

    Raises `NotFound`, `InvalidInput` (also if the show is cancelled or has ended), `ScreenOccupied`, and
    `ShowHasBookings` if the screen or the movie of a show with bookings would change.
    """
    before = Show.objects.filter(pk=show_id).first() or locks.show(show_id)
    movie = locks.movie(changes.get("movie_id", before.movie_id))
    screens = locks.screens({before.screen_id, changes.get("screen_id", before.screen_id)})
    show = locks.show(show_id)
    if (show.movie_id, show.screen_id) != (before.movie_id, before.screen_id):
        raise TryAgain("another transaction changed the movie or the screen before the show was locked")
    _check_changeable(show)
    former_state = _state(show)
    if (movie.pk, changes.get("screen_id", show.screen_id)) != (show.movie_id, show.screen_id):
        events.publish(ShowMoving(show, by))
    if "starts_at" in changes:
        _check_start(changes["starts_at"])
    earlier, currency = show.starts_at, currency_of(show.screen.theater)
    _apply(show, movie, screens, changes)
    _check_end(show)
    _check_screen_is_free(show)
    moves.record(show, earlier=earlier)
    save_checked(show, field="starts_at", existing={"movie", "screen"})
    if show.screen_id != before.screen_id:
        show.earlier_screens.add(before.screen_id)
    if currency_of(show.screen.theater) != currency:
        # Amounts in another currency. The show must get new ones.
        show.prices.all().delete()
    _set_prices(show, changes.get("prices", {}), earlier=show.prices.values_list("category", flat=True))
    if _state(show) != former_state:
        show_changes.record([show])
    return show


@use_case
def cancel(*, show_id: int, by: User | None = None) -> Show:
    """Cancel a show and its bookings. Cancelling it again changes nothing. `by` is None for a background process.

    Raises `NotFound`, and `InvalidInput` if the show has ended.
    """
    show = locks.show(show_id)
    if show.cancelled_at is None:
        _check_changeable(show)
        show.cancelled_at = clock.now()
        show.save(update_fields=["cancelled_at"])
        events.publish(ShowCancelled(show, by))
        show_changes.record([show])
    return show


def check_times(*, screen: Screen, starts_at: datetime, ends_at: datetime, show_id: int | None = None) -> None:
    """Raise the error with which `schedule`, or `reschedule` for `show_id`, would refuse these times now.

    Nothing is locked, so the call itself may still be refused. Raises `InvalidInput`, `ScreenOccupied`.
    """
    show = Show(pk=show_id, screen=screen, starts_at=starts_at, ends_at=ends_at)
    _check_start(starts_at)
    _check_end(show)
    _check_screen_is_free(show)


def _state(show: Show) -> tuple[object, ...]:
    """What `reschedule` can change."""
    prices = set(show.prices.values_list("category", "amount"))
    languages = (show.language, show.subtitles)
    return show.movie_id, show.screen_id, show.starts_at, show.ends_at, show.format, languages, prices


def _apply(show: Show, movie: Movie, screens: Mapping[int, Screen], changes: ShowFields) -> None:
    length = show.ends_at - show.starts_at
    if (movie.pk != show.movie_id or "ends_at" in changes) and not changes.get("ends_at"):
        length = _end_of(movie, show.starts_at) - show.starts_at
    show.movie = movie
    show.screen = screens[changes.get("screen_id", show.screen_id)]
    show.starts_at = changes.get("starts_at", show.starts_at)
    show.ends_at = changes.get("ends_at") or show.starts_at + length
    _set_version(show, changes)


def _set_version(show: Show, details: ShowDetails) -> None:
    """Set the given ones of the format and the languages."""
    show.format = details.get("format", show.format)
    show.language = details.get("language", show.language)
    show.subtitles = details.get("subtitles", show.subtitles)


def _end_of(movie: Movie, starts_at: datetime) -> datetime:
    if movie.duration_is_estimate:
        message = "The running time of this movie is an estimate. Enter when the show ends."
        raise InvalidInput.of("ends_at", "required", message)
    return starts_at + timedelta(minutes=movie.duration_minutes)


def _check_start(starts_at: datetime) -> None:
    now = clock.now()
    if starts_at < now:
        raise InvalidInput.of("starts_at", "in_the_past", "A show must start in the future.")
    if starts_at > now + MAX_TIME_AHEAD:
        raise InvalidInput.of("starts_at", "too_far", f"A show can start at most {MAX_TIME_AHEAD.days} days from now.")


def _check_end(show: Show) -> None:
    if show.ends_at <= show.starts_at:
        raise InvalidInput.of("ends_at", "before_start", "A show must end after it starts.")
    if show.ends_at - show.starts_at > timedelta(minutes=MAX_MOVIE_MINUTES):
        raise InvalidInput.of("ends_at", "too_long", "A show can last at most 24 hours.")


def _check_changeable(show: Show) -> None:
    if show.cancelled_at is not None:
        raise InvalidInput.of("show_id", "cancelled", "This show has been cancelled.")
    if show.ends_at <= clock.now():
        raise InvalidInput.of("show_id", "over", "This show has ended.")


def _check_screen_is_free(show: Show) -> None:
    others = Show.objects.not_cancelled().exclude(pk=show.pk).select_related("movie", "screen__theater")
    overlapping = (
        others.filter(
            screen=show.screen,
            starts_at__lt=show.ends_at + rules().cleaning_time,
            ends_at__gt=show.starts_at - rules().cleaning_time,
        )
        .order_by("starts_at")
        .first()
    )
    if overlapping is not None:
        raise ScreenOccupied(overlapping)


def _set_prices(show: Show, prices: Prices, *, earlier: Iterable[str] = ()) -> None:
    """Set prices, and check that with the categories in `earlier` all seats of the screen have a price."""
    new_prices = [Price(show=show, category=category, amount=amount) for category, amount in prices.items()]
    check_prices(new_prices, currency=currency_of(show.screen.theater))
    unpriced = sorted(set(show.screen.categories) - {*earlier, *prices})
    if unpriced:
        message = f"Enter a price for each seat category of the screen. Missing: {', '.join(unpriced)}."
        raise InvalidInput.of("prices", "unpriced_category", message)
    Price.objects.bulk_create(
        new_prices, update_conflicts=True, unique_fields=["show", "category"], update_fields=["amount"]
    )
