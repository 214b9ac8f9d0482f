"""The scalar for dates with times, and the type for money."""

from datetime import UTC, datetime
from decimal import Decimal

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from cinema.core import money

CENT = Decimal("0.01")


def _parse_datetime(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(str(value))
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise GraphQLError(f"{value!r} is not a date and time such as 2026-03-01T19:30:00Z.") from error
    raise GraphQLError(f"{value!r} has no offset. Use 2026-03-01T19:30:00Z or 2026-03-01T20:30:00+01:00.")


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A date and time in ISO 8601 format with an offset, such as 2026-03-01T19:30:00+00:00. "
        "Times in responses are in UTC.",
        serialize=lambda value: value.astimezone(UTC).isoformat(),
        parse_value=_parse_datetime,
    ),
}


def _amount(root: strawberry.Parent[money.Money]) -> Decimal:
    return root.amount.quantize(CENT)


@strawberry.type(description="An amount of money.")
class Money:
    """Resolved from `cinema.core.money.Money`."""

    amount: Decimal = strawberry.field(
        resolver=_amount, description="The amount with two decimals, as a string such as `12.50`."
    )
    currency: str = strawberry.field(description="The currency as an ISO 4217 code, such as `USD`.")
