"""The scalars for dates, times and decimal numbers, and the type for money."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal, DecimalException

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from cinema.core import money

RFC_3339 = "https://datatracker.ietf.org/doc/html/rfc3339#section-5.6"
XML_DECIMAL = "https://www.w3.org/TR/xmlschema11-2/#decimal"


def _parse_datetime(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(str(value))
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise GraphQLError(f"{_quoted(value)} is not a date and time such as 2026-03-01T19:30:00Z.") from error
    raise GraphQLError(f"{_quoted(value)} has no offset. Use 2026-03-01T19:30:00Z or 2026-03-01T20:30:00+01:00.")


def _parse_date(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise GraphQLError(f"{_quoted(value)} is not a date such as 2026-03-01.") from error


def _parse_time(value: object) -> time:
    try:
        return datetime.strptime(str(value), "%H:%M").time()  # noqa: DTZ007 - a time of day has no time zone
    except ValueError as error:
        raise GraphQLError(f"{_quoted(value)} is not a time of day such as 06:00.") from error


def _parse_decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except DecimalException as error:
        raise GraphQLError(f"{_quoted(value)} is not a number such as 12.50.") from error


def _quoted(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A date and time in ISO 8601 format with an offset, such as 2026-03-01T19:30:00+00:00. "
        "Times in responses are in UTC.",
        specified_by_url=RFC_3339,
        serialize=lambda value: value.astimezone(UTC).isoformat(),
        parse_value=_parse_datetime,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A date in ISO 8601 format, such as 2026-03-01.",
        specified_by_url=RFC_3339,
        serialize=date.isoformat,
        parse_value=_parse_date,
    ),
    time: strawberry.scalar(
        name="Time",
        description="A time of day in hours and minutes, such as 06:00, in the local time of a theater.",
        serialize=lambda value: f"{value:%H:%M}",
        parse_value=_parse_time,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="A decimal number, as a string such as `12.50`. Numbers are accepted too.",
        specified_by_url=XML_DECIMAL,
        serialize=str,
        parse_value=_parse_decimal,
    ),
}


def _amount(root: strawberry.Parent[money.Money]) -> Decimal:
    return root.rounded


@strawberry.type(description="An amount of money.")
class Money:
    """Resolved from `cinema.core.money.Money`."""

    amount: Decimal = strawberry.field(
        resolver=_amount,
        description="The amount with the decimals of its currency, as a string: `12.50` for EUR, `1800` for JPY, "
        "`4.500` for KWD.",
    )
    currency: str = strawberry.field(description="The currency as an ISO 4217 code, such as `USD`.")
