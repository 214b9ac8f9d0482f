"""The rules of a slice: values that it gets once, when the app starts. The domain reads no settings."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

R = TypeVar("R")


class Given(Generic[R]):
    """Holds the rules of one slice. Call it to get them."""

    _rules: R | None = None

    def give(self, rules: R) -> None:
        """Set the rules. Called when the app starts, and by tests."""
        self._rules = rules

    def __call__(self) -> R:
        """The rules. Raises `RuntimeError` if the app has not started."""
        if self._rules is None:
            raise RuntimeError("the rules are not set; they are set when Django starts")
        return self._rules


@dataclass(frozen=True, kw_only=True)
class CoreRules:
    """The rules that all slices share."""

    # `tidy` deletes older idempotency keys. Until then, a repeated call with the same key takes effect once.
    idempotency_key_lifetime: timedelta


rules = Given[CoreRules]()
