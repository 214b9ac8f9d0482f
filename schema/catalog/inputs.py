"""The inputs of staff mutations on movies, theaters, screens and shows."""

import dataclasses
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from strawberry import Maybe

from schema.catalog.enums import SeatCategory, SeatNumbering, ShowFormat
from schema.engine.errors import BadUserInput
from schema.engine.inputs import idempotency_key

MovieId = Annotated[strawberry.ID, strawberry.argument(description="The ID of the movie.")]


ShowId = Annotated[strawberry.ID, strawberry.argument(description="The ID of the show.")]


ROWS = (
    "The seat plan, one string per row, front row first: `S` is a standard seat, `P` premium, `W` a wheelchair space, "
    "`C` a companion seat, and `_` a gap (an aisle). Seats in parentheses, such as `(SS)`, are sold only together: a "
    "love seat or a table of up to 10 adjacent seats, all `S` or all `P`."
)
ROW_LABELS = (
    "The labels of the rows, one per row of the plan, front row first, each of 1 to 4 letters from A to Z. A row "
    "without seats can have the label null: it is a cross aisle. If this is null, the rows are A, B, … Z, AA, …."
)
NUMBERING = "The direction in which the seats of each row are numbered."
BOOKING_CLOSES = (
    "How many minutes before the start of a show booking closes, from -240 (after the start) to 43200. Null means the "
    "default of the server."
)
CANCELLING_CLOSES = (
    "How many minutes before the start of a show cancelling closes, from -240 (after the start) to 43200. Null means "
    "the default of the server."
)


# The fields that are null in the API if the text is empty in the domain.
TEXTS = {"certificate", "currency", "language", "poster_url", "subtitles", "trailer_url"}


@strawberry.input(description="A new movie.")
class CreateMovieInput:
    title: str = strawberry.field(description="The title.")
    duration_minutes: int = strawberry.field(description="The running time in minutes.")
    synopsis: Maybe[str] = strawberry.field(description="A summary of the movie.")
    genres: Maybe[list[str]] = strawberry.field(description="The names of the genres. Unknown genres are created.")
    certificate: Maybe[str | None] = strawberry.field(description="The age rating, such as `PG-13`.")
    language: Maybe[str | None] = strawberry.field(description="The original language, as a BCP 47 tag such as `en`.")
    release_date: Maybe[date | None] = strawberry.field(description="The date of first release.")
    poster_url: Maybe[str | None] = strawberry.field(description="The URL of the poster.")
    trailer_url: Maybe[str | None] = strawberry.field(description="The URL of a web page with the trailer.")
    cast: Maybe[list[str]] = strawberry.field(description="The names of the actors, the leading roles first.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Changes to a movie. Fields that are left out do not change.")
class UpdateMovieInput:
    movie_id: strawberry.ID = strawberry.field(description="The ID of the movie.")
    title: Maybe[str] = strawberry.field(description="The title.")
    duration_minutes: Maybe[int] = strawberry.field(description="The running time in minutes.")
    synopsis: Maybe[str] = strawberry.field(description="A summary of the movie.")
    genres: Maybe[list[str]] = strawberry.field(
        description="The names of all genres of the movie. Unknown genres are created."
    )
    certificate: Maybe[str | None] = strawberry.field(description="The age rating, such as `PG-13`.")
    language: Maybe[str | None] = strawberry.field(description="The original language, as a BCP 47 tag such as `en`.")
    release_date: Maybe[date | None] = strawberry.field(description="The date of first release.")
    poster_url: Maybe[str | None] = strawberry.field(description="The URL of the poster.")
    trailer_url: Maybe[str | None] = strawberry.field(description="The URL of a web page with the trailer.")
    cast: Maybe[list[str]] = strawberry.field(description="The names of the actors, the leading roles first.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The movie to delete.")
class DeleteMovieInput:
    movie_id: strawberry.ID = strawberry.field(description="The ID of the movie.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A new theater.")
class CreateTheaterInput:
    name: str = strawberry.field(description="The name of the theater. Unique in its city.")
    city: str = strawberry.field(description="The city.")
    time_zone: str = strawberry.field(description="The IANA time zone, such as `Europe/Lisbon`.")
    currency: Maybe[str | None] = strawberry.field(
        description="The currency of the prices, as an ISO 4217 code such as `EUR`. Null means the default of the "
        "server."
    )
    booking_closes_minutes_before_start: Maybe[int | None] = strawberry.field(description=BOOKING_CLOSES)
    cancelling_closes_minutes_before_start: Maybe[int | None] = strawberry.field(description=CANCELLING_CLOSES)
    day_ends_at: Maybe[time] = strawberry.field(
        description="The local time when the day of the schedule ends, before 12:00. The default is 06:00."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Changes to a theater. Fields that are left out do not change.")
class UpdateTheaterInput:
    theater_id: strawberry.ID = strawberry.field(description="The ID of the theater.")
    name: Maybe[str] = strawberry.field(description="The name of the theater. Unique in its city.")
    city: Maybe[str] = strawberry.field(description="The city.")
    time_zone: Maybe[str] = strawberry.field(
        description="The IANA time zone. The start times of existing shows do not change."
    )
    currency: Maybe[str | None] = strawberry.field(
        description="The currency of the prices, as an ISO 4217 code such as `EUR`. Null means the default of the "
        "server. It cannot be changed while the theater has shows that have not ended."
    )
    booking_closes_minutes_before_start: Maybe[int | None] = strawberry.field(description=BOOKING_CLOSES)
    cancelling_closes_minutes_before_start: Maybe[int | None] = strawberry.field(description=CANCELLING_CLOSES)
    day_ends_at: Maybe[time] = strawberry.field(
        description="The local time when the day of the schedule ends, before 12:00."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A new screen.")
class CreateScreenInput:
    theater_id: strawberry.ID = strawberry.field(description="The ID of the theater.")
    name: str = strawberry.field(description="The name of the screen. Unique in its theater.")
    rows: list[str] = strawberry.field(description=ROWS)
    row_labels: Maybe[list[str | None] | None] = strawberry.field(description=ROW_LABELS)
    numbering: Maybe[SeatNumbering] = strawberry.field(description=f"{NUMBERING} The default is `LEFT_TO_RIGHT`.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Changes to a screen. Fields that are left out do not change.")
class UpdateScreenInput:
    screen_id: strawberry.ID = strawberry.field(description="The ID of the screen.")
    name: Maybe[str] = strawberry.field(description="The name of the screen. Unique in its theater.")
    rows: Maybe[list[str]] = strawberry.field(description=ROWS)
    row_labels: Maybe[list[str | None] | None] = strawberry.field(
        description=f"{ROW_LABELS} They must be given if the number of rows changes and the rows have other labels."
    )
    numbering: Maybe[SeatNumbering] = strawberry.field(description=NUMBERING)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The price of a seat category.")
class CategoryPriceInput:
    category: SeatCategory = strawberry.field(description="The category.")
    amount: Decimal = strawberry.field(
        description="The price of one seat in the currency of the theater, such as `12.50`."
    )


@strawberry.input(description="A new show.")
class CreateShowInput:
    movie_id: strawberry.ID = strawberry.field(description="The ID of the movie.")
    screen_id: strawberry.ID = strawberry.field(description="The ID of the screen.")
    starts_at: datetime = strawberry.field(description="The time when the show starts.")
    prices: list[CategoryPriceInput] = strawberry.field(description="The price of each seat category of the screen.")
    ends_at: Maybe[datetime | None] = strawberry.field(
        description="The time when the show ends. By default, it is computed from the running time of the movie."
    )
    format: Maybe[ShowFormat] = strawberry.field(description="The projection format. The default is `TWO_D`.")
    language: Maybe[str | None] = strawberry.field(
        description="The language of the audio. The default is the original language of the movie."
    )
    subtitles: Maybe[str | None] = strawberry.field(
        description="The language of the subtitles, as a BCP 47 tag. The default is null: there are none."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Changes to a show. Fields that are left out do not change.")
class UpdateShowInput:
    show_id: strawberry.ID = strawberry.field(description="The ID of the show.")
    movie_id: Maybe[strawberry.ID] = strawberry.field(
        description="The ID of the movie. It can be changed only if the show has no bookings."
    )
    screen_id: Maybe[strawberry.ID] = strawberry.field(
        description="The ID of the screen. It can be changed only if the show has no bookings."
    )
    starts_at: Maybe[datetime] = strawberry.field(
        description="The time when the show starts. The end changes by the same amount."
    )
    ends_at: Maybe[datetime | None] = strawberry.field(
        description="The time when the show ends. If null, it is computed from the running time of the movie."
    )
    format: Maybe[ShowFormat] = strawberry.field(description="The projection format.")
    language: Maybe[str | None] = strawberry.field(
        description="The language of the audio. Null means the original language of the movie."
    )
    subtitles: Maybe[str | None] = strawberry.field(
        description="The language of the subtitles, as a BCP 47 tag. Null means that there are none."
    )
    prices: Maybe[list[CategoryPriceInput]] = strawberry.field(
        description="The prices to change. Tickets that are already sold keep their price."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The show to cancel.")
class CancelShowInput:
    show_id: strawberry.ID = strawberry.field(description="The ID of the show.")
    idempotency_key: str | None = idempotency_key()


def given_fields(input: Any) -> dict[str, Any]:
    """The fields of `input` that the client has set. Those in `TEXTS` are empty if they were set to null."""
    values = {field.name: getattr(input, field.name) for field in dataclasses.fields(input)}
    return {
        name: "" if some.value is None and name in TEXTS else some.value
        for name, some in values.items()
        if isinstance(some, strawberry.Some)
    }


def prices_of(prices: list[CategoryPriceInput]) -> dict[SeatCategory, Decimal]:
    by_category = {price.category: price.amount for price in prices}
    if len(by_category) < len(prices):
        raise BadUserInput("`prices` must contain each category only once.")
    return by_category
