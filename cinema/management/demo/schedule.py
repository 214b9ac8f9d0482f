"""The demo shows of a screen on a day. The same screen and day always have the same schedule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zlib import crc32
from zoneinfo import ZoneInfo

from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import ShowFormat
from cinema.management.demo.films import FILMS, DemoFilm
from cinema.management.demo.theaters import DemoScreen, DemoTheater

WEEKEND = (5, 6)
LAST_START = time(22, 15)
EVENING = time(17)
# Cleaning, and some time to find a seat.
PAUSE = timedelta(minutes=20)

STANDARD_PRICE = Decimal("9.50")
SURCHARGE = {
    ShowFormat.TWO_D: Decimal("0.00"),
    ShowFormat.THREE_D: Decimal("2.00"),
    ShowFormat.IMAX: Decimal("5.00"),
    ShowFormat.IMAX_THREE_D: Decimal("6.00"),
    ShowFormat.FOUR_DX: Decimal("7.00"),
}
EVENING_SURCHARGE = Decimal("3.00")
PREMIUM_SURCHARGE = Decimal("4.50")
# In these currencies, prices are multiplied and rounded to a multiple.
_CONVERSIONS = {"JPY": (150, Decimal(100))}


@dataclass(frozen=True)
class Slot:
    """A show of the schedule. An empty language is the original language of the film. It may have no subtitles."""

    film: DemoFilm
    starts_at: datetime
    ends_at: datetime
    format: ShowFormat
    language: str
    subtitles: str
    prices: dict[SeatCategory, Decimal]


def slots(day: date, *, theater: DemoTheater, screen: DemoScreen) -> Iterator[Slot]:
    """The shows that start on a screen on `day`, in order. They do not overlap each other or those of the next day."""
    films = [film for film in FILMS if set(film.formats) & set(screen.formats)]
    # Each screen starts with another film and at another minute. Each day starts with the next film.
    shift = crc32(f"{theater.name}, {screen.name}".encode())
    turn = shift + day.toordinal()
    local_time = datetime.combine(day, _opening(day)) + timedelta(minutes=5 * (shift % 7))
    while local_time <= datetime.combine(day, LAST_START):
        film = films[turn % len(films)]
        yield _slot(film, local_time, theater, screen)
        local_time = _full_five_minutes(local_time + timedelta(minutes=film.minutes) + PAUSE)
        turn += 1


def prices(
    format: ShowFormat,  # noqa: A002 - as in Show
    *,
    in_the_evening: bool,
    currency: str,
) -> dict[SeatCategory, Decimal]:
    standard = STANDARD_PRICE + SURCHARGE[format] + (EVENING_SURCHARGE if in_the_evening else 0)
    amounts = {
        SeatCategory.STANDARD: standard,
        SeatCategory.PREMIUM: standard + PREMIUM_SURCHARGE,
        SeatCategory.WHEELCHAIR: standard,
        SeatCategory.COMPANION: standard / 2,
    }
    factor, multiple = _CONVERSIONS.get(currency, (1, Decimal("0.01")))
    return {category: round(amount * factor / multiple) * multiple for category, amount in amounts.items()}


def _slot(film: DemoFilm, local_time: datetime, theater: DemoTheater, screen: DemoScreen) -> Slot:
    starts_at = local_time.replace(tzinfo=ZoneInfo(theater.time_zone)).astimezone(UTC)
    in_the_evening = local_time.time() >= EVENING
    foreign = film.language.partition("-")[0] != theater.language.partition("-")[0]
    dubbed = film.family and not in_the_evening and film.language != theater.language
    best_format = next(each for each in screen.formats if each in film.formats)
    return Slot(
        film=film,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=film.minutes),
        format=best_format,
        language=theater.language if dubbed else "",
        subtitles=theater.language if foreign and not dubbed else "",
        prices=prices(best_format, in_the_evening=in_the_evening, currency=theater.currency),
    )


def _opening(day: date) -> time:
    return time(10, 30) if day.weekday() in WEEKEND else time(13)


def _full_five_minutes(moment: datetime) -> datetime:
    return moment + timedelta(minutes=-moment.minute % 5)
