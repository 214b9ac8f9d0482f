"""Expected failures are facts with data.

    CinemaError
      InvalidInput          what was sent is not acceptable, field by field
      NotFound              no such thing, or not the caller's
      Busy                  too many rivals at this moment; worth another try
      IdempotencyKeyReused  the key was used for another call
      cinema.accounts.errors, cinema.catalog.errors, cinema.booking.errors

A subclass is a dataclass. The first line of its docstring is its message, with the fields filled in,
so that a message and its data cannot drift apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


def join_words(values: Iterable[Any]) -> str:
    """`["A1", "A2", "A3"]` as a person says it: "A1, A2 and A3"."""
    *most, last = map(str, values)
    return f"{', '.join(most)} and {last}" if most else last


@dataclass(eq=False)
class CinemaError(Exception):
    """Something went wrong that a caller can expect."""

    def __str__(self) -> str:
        template = (type(self).__doc__ or "").strip().partition("\n")[0]
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return template.format_map(
            {name: join_words(v) if isinstance(v, list) and v else v for name, v in data.items()}
        )


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field. `code` is stable, for programs (Django's own where there is one)."""

    field: str
    code: str
    message: str


@dataclass(eq=False)
class InvalidInput(CinemaError):
    """Some of the input is not acceptable: {fields}"""

    fields: list[FieldError]

    def __str__(self) -> str:
        return " ".join(field.message for field in self.fields)

    @classmethod
    def of(cls, field: str, code: str, message: str) -> "InvalidInput":
        return cls([FieldError(field, code, message)])

    def at(self, field: str) -> "InvalidInput":
        """The same, all of it put down to `field`: what is wrong is one of that field's several values."""
        return InvalidInput([replace(problem, field=field) for problem in self.fields])

    @classmethod
    def from_django(cls, error: ValidationError, *, field: str = "") -> "InvalidInput":
        """Every message of `error`; those that name no field are put down to `field`."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {field: error.error_list}
        return cls(
            [
                FieldError(
                    field if name == NON_FIELD_ERRORS else name,
                    each.code or "invalid",
                    " ".join(each.messages),
                )
                for name, errors in by_field.items()
                for each in errors
            ]
        )


@dataclass(eq=False)
class NotFound(CinemaError):
    """There is no such {kind}."""

    kind: str


@dataclass(eq=False)
class Busy(CinemaError):
    """Too many people want the same at this moment. Please try again."""

    retry_after_ms: int


@dataclass(eq=False)
class IdempotencyKeyReused(CinemaError):
    """This idempotency key was used for another call. Use a new key for each call."""
