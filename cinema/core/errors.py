"""Expected failures, with their data in fields.

    CinemaError
      InvalidInput          some fields of the input are invalid
      NotFound              the object does not exist, or belongs to another user
      Busy                  too many concurrent calls: the caller can retry
      IdempotencyKeyReused  the key was used for another call
      cinema.accounts.errors, cinema.catalog.errors, cinema.booking.errors

Subclasses are dataclasses. The message is `template` with the values of the fields, or `__str__` if a template is not
sufficient. Messages are for users, so they are not in docstrings, which `python -OO` removes.
"""

from dataclasses import dataclass, fields, replace
from typing import ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from cinema.core.text import join_words


@dataclass(eq=False)
class CinemaError(Exception):
    """A failure that callers can expect. `str(error)` is its message for users."""

    # A format string with the names of the fields. Lists are joined to "A1, A2 and A3".
    template: ClassVar[str] = "Something went wrong."

    def __str__(self) -> str:
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return self.template.format_map({k: join_words(v) if isinstance(v, list) else v for k, v in data.items()})


@dataclass(frozen=True)
class FieldError:
    """An error in a field. `code` is stable, so that programs can use it. It is Django's code if there is one."""

    field: str
    code: str
    message: str


@dataclass(eq=False)
class InvalidInput(CinemaError):
    """Some of the input is invalid. The message consists of the messages of `fields`."""

    fields: list[FieldError]

    def __str__(self) -> str:
        return " ".join(field.message for field in self.fields)

    @classmethod
    def of(cls, field: str, code: str, message: str) -> "InvalidInput":
        return cls([FieldError(field, code, message)])

    def at(self, field: str) -> "InvalidInput":
        """A copy that reports every error for `field`. Use it if `field` is a list and one of its items is invalid."""
        return InvalidInput([replace(problem, field=field) for problem in self.fields])

    @classmethod
    def from_django(cls, error: ValidationError, *, field: str = "") -> "InvalidInput":
        """Convert all messages of `error`. Messages without a field are reported for `field`."""
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
    template = "There is no such {kind}."

    kind: str


@dataclass(eq=False)
class Busy(CinemaError):
    template = "It's busy right now. Please try again."

    retry_after_ms: int


@dataclass(eq=False)
class IdempotencyKeyReused(CinemaError):
    template = "This idempotency key was used for another call. Use a new key for each call."
