"""Use cases that schedule many shows at once, all or none of them, in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from cinema.accounts import locks as account_locks
from cinema.accounts.models import User
from cinema.catalog import locks, price_lists, scheduling
from cinema.catalog.copying import DaysCopy, PlannedShow, Repetition, planned_shows
from cinema.catalog.errors import ScreenOccupied, ShowsRefused
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Show
from cinema.core import idempotency
from cinema.core.errors import InvalidInput
from cinema.core.transactions import use_case


@dataclass(frozen=True)
class Pricing:
    """The prices of the new shows: those of a list, or without one those of the shows that are copied.

    `missing` are the prices of the categories for which these have no price.
    """

    price_list_id: int | None = None
    missing: Mapping[SeatCategory, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a planned show: it is added, or already scheduled, or there is a `conflict`.

    `starts_at` is None if the local time does not exist on that date.
    """

    planned: PlannedShow
    starts_at: datetime | None
    added: Show | None = None
    conflict: str = ""

    @property
    def is_already_scheduled(self) -> bool:
        return self.added is None and not self.conflict


@dataclass(frozen=True)
class Report:
    """The outcome of each planned show, and the categories for which no price is known."""

    outcomes: Sequence[Outcome]
    unpriced: Sequence[SeatCategory] = ()

    @property
    def added(self) -> list[Show]:
        return [outcome.added for outcome in self.outcomes if outcome.added]

    @property
    def conflicts(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.conflict]

    @property
    def already_scheduled(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.is_already_scheduled]


class _DryRun(Exception):
    """Rolls the transaction back."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def preview(request: DaysCopy | Repetition, pricing: Pricing) -> Report:
    """What `schedule_all` would do now. It stores nothing. Conflicts and missing prices are in the report.

    Raises `NotFound`, and `InvalidInput` for an invalid price, too many shows, or a list in another currency.
    """
    try:
        _dry_run(request, pricing)
    except _DryRun as done:
        return done.report
    raise AssertionError("a dry run stores nothing")


@use_case
def _dry_run(request: DaysCopy | Repetition, pricing: Pricing) -> None:
    planned = _planned(request)
    prices = _prices(planned, pricing)
    unpriced = _unpriced(planned, prices)
    # The dry run needs some price, so that it finds all other conflicts.
    placeholders = dict.fromkeys(unpriced, Decimal(0))
    raise _DryRun(Report(_schedule(planned, [{**placeholders, **each} for each in prices]), unpriced))


@use_case
def schedule_all(
    request: DaysCopy | Repetition, pricing: Pricing, *, skip_conflicts: bool, by: User, key: str
) -> Report | None:
    """Schedule the shows of a request. A show of the same movie on the same screen at the same time is not added again.

    If some of them conflict with the schedule, add the others if `skip_conflicts`, and otherwise none. Returns None if
    an earlier call of `by` with the same idempotency key added them.

    Raises `ShowsRefused` for conflicts, `NotFound`, `IdempotencyKeyReused`, and `InvalidInput`, also if no show can be
    added or a price is missing.
    """
    reports: list[Report] = []

    def add_all(**_: Any) -> Show:
        report = _add(request, pricing, skip_conflicts=skip_conflicts)
        reports.append(report)
        return report.added[0]

    account_locks.user_unread(by.pk)
    idempotency.run_once(
        add_all,
        model=Show,
        operation="bulk_scheduling.schedule_all",
        key=key,
        by=by,
        request=request,
        pricing=pricing,
        skip_conflicts=skip_conflicts,
    )
    return reports[0] if reports else None


def _add(request: DaysCopy | Repetition, pricing: Pricing, *, skip_conflicts: bool) -> Report:
    planned = _planned(request)
    prices = _prices(planned, pricing)
    unpriced = _unpriced(planned, prices)
    if unpriced:
        message = f"Enter a price for each seat category. Missing: {', '.join(unpriced)}."
        raise InvalidInput.of("prices", "unpriced_category", message)
    report = Report(_schedule(planned, prices))
    if report.conflicts and not skip_conflicts:
        raise ShowsRefused(len(report.conflicts), len(planned))
    if not report.added:
        raise InvalidInput.of("request", "nothing_to_add", "There is no show to add.")
    return report


def _planned(request: DaysCopy | Repetition) -> list[PlannedShow]:
    """The planned shows, and locks on their movies and screens, in the order of `locks`."""
    planned = planned_shows(request)
    movies = locks.movies(each.source.movie_id for each in planned)
    screens = locks.screens(each.source.screen_id for each in planned)
    for source in {each.source.pk: each.source for each in planned}.values():
        # The current state of the movie and of the seat plan.
        theater = source.screen.theater
        source.movie, source.screen = movies[source.movie_id], screens[source.screen_id]
        source.screen.theater = theater
    return planned


def _prices(planned: Iterable[PlannedShow], pricing: Pricing) -> list[dict[SeatCategory, Decimal]]:
    listed: dict[int, dict[SeatCategory, Decimal]] = {}
    found = []
    for each in planned:
        screen = each.source.screen
        if pricing.price_list_id is None:
            prices = {SeatCategory(price.category): price.amount for price in each.source.prices.all()}
        else:
            if screen.pk not in listed:
                listed[screen.pk] = price_lists.prices_for(screen, price_list_id=pricing.price_list_id)
            prices = listed[screen.pk]
        missing = {key: amount for key, amount in pricing.missing.items() if key in screen.categories}
        found.append({**missing, **prices})
    return found


def _unpriced(planned: Sequence[PlannedShow], prices: Sequence[Collection[SeatCategory]]) -> list[SeatCategory]:
    found = {
        category
        for each, priced in zip(planned, prices, strict=True)
        for category in each.source.screen.categories
        if category not in priced
    }
    return [category for category in SeatCategory if category in found]


def _schedule(planned: Sequence[PlannedShow], prices: Sequence[Mapping[SeatCategory, Decimal]]) -> list[Outcome]:
    outcomes = []
    scheduled = _scheduled(planned)
    added: set[int] = set()
    for each, its_prices in zip(planned, prices, strict=True):
        starts_at = each.starts_at()
        key = (each.source.movie_id, each.source.screen_id, starts_at)
        outcome = Outcome(each, starts_at) if key in scheduled else _outcome(each, starts_at, its_prices, added=added)
        if outcome.added:
            added.add(outcome.added.pk)
            scheduled.add(key)
        outcomes.append(outcome)
    return outcomes


def _scheduled(planned: Sequence[PlannedShow]) -> set[tuple[int, int, datetime | None]]:
    """The movies, screens and starts of the shows that are scheduled at one of the planned times."""
    screens = {each.source.screen_id for each in planned}
    starts = {starts_at for each in planned if (starts_at := each.starts_at())}
    shows = Show.objects.not_cancelled().filter(screen__in=screens, starts_at__in=starts)
    return set(shows.values_list("movie", "screen", "starts_at"))


def _outcome(
    planned: PlannedShow,
    starts_at: datetime | None,
    prices: Mapping[SeatCategory, Decimal],
    *,
    added: Collection[int],
) -> Outcome:
    if starts_at is None:
        return Outcome(planned, None, conflict="This time does not exist, because the clocks go forward.")
    source = planned.source
    try:
        show = scheduling.add(
            source.movie,
            source.screen,
            starts_at=starts_at,
            prices=prices,
            ends_at=starts_at + planned.length,
            format=source.format,
            language=source.language,
            subtitles=source.subtitles,
        )
    except ScreenOccupied as error:
        return Outcome(
            planned,
            starts_at,
            conflict=f"{error} That show is new, too." if error.show.pk in added else str(error),
        )
    except InvalidInput as error:
        if any(each.field == "prices" for each in error.fields):
            raise
        return Outcome(planned, starts_at, conflict=str(error))
    return Outcome(planned, starts_at, added=show)
