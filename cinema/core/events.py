"""How a lower slice lets a higher one have its say without importing it.

A use case publishes an event; whoever is in the table of handlers is called at once, inside the same
transaction. A handler that raises refuses the whole use case.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Handlers = Mapping[type, Sequence[Callable[[Any], None]]]

_handlers: Handlers = {}


def install(handlers: Handlers) -> None:
    """Set the table. Called once, when the app starts."""
    global _handlers  # noqa: PLW0603 - the one table
    _handlers = handlers


def publish(event: object) -> None:
    for handle in _handlers.get(type(event), ()):
        handle(event)
