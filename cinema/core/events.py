"""Events with which a lower slice calls higher slices without importing them.

A use case publishes an event. Its handlers run immediately, in the same transaction unless the event says otherwise. A
handler that raises refuses the whole use case.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Handlers = Mapping[type, Sequence[Callable[[Any], None]]]

_handlers: Handlers = {}


def install(handlers: Handlers) -> None:
    """Set the handlers of each kind of event. Called once, when the app starts."""
    global _handlers  # noqa: PLW0603 - the one table
    _handlers = handlers


def publish(event: object) -> None:
    """Call the handlers of the event, in the order of the table. Exceptions that they raise propagate."""
    for handle in _handlers.get(type(event), ()):
        handle(event)
