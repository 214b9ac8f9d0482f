"""The rules of a slice: values that are given to it once, when the app starts. The domain reads no settings."""

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
            raise RuntimeError("the rules have not been given yet; they are when Django has started")
        return self._rules
