"""Expected failures are facts with data.

    CinemaError
      InvalidInput          some of the input is invalid, field by field
      NotFound              it does not exist, or is not the caller's
      Busy                  too many concurrent calls; the same call may succeed in a moment
      IdempotencyKeyReused  the key was used for another call
      cinema.accounts.errors, cinema.catalog.errors, cinema.booking.errors

A subclass is a dataclass. Its message is `template` with the fields filled in, or its own `__str__` where a template is
not enough. Messages are for users; docstrings are for developers and may be stripped (`python -OO`).
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
    """A problem with a field. `code` is stable and meant for programs. It is Django's code if there is one."""

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
        """The same problems, all reported for `field`, because one of its several values is wrong."""
        return InvalidInput([replace(problem, field=field) for problem in self.fields])

    @classmethod
    def from_django(cls, error: ValidationError, *, field: str = "") -> "InvalidInput":
        """All messages of `error`. Messages without a field are reported for `field`."""
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
