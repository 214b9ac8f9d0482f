"""The events that the field of a subscription yields."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class SharedEvent:
    """An event that many subscribers receive.

    Subscribers with the same selection of fields and events with the same `key` and `viewer_key` share one result,
    which is executed once. Therefore `render` must not depend on anything else, such as the arguments of the field.
    """

    # An object that the events of all subscribers share, compared by identity. The result is deleted with this object,
    # so the value that `render` returns must not refer to it.
    key: object
    # Anything else that the value depends on, such as the viewer if it contains the viewer's own seats.
    viewer_key: Hashable
    # Returns the value of the field. With a number, returns only that many of its items, to estimate the size of the
    # result. If there are many items, it is called in a thread. It must not use the database unless `uses_database`.
    render: Callable[[int | None], object]
    # The number of items in the value.
    weight: int = 1
    # Whether `render` or the resolvers of the selected fields use the database.
    uses_database: bool = False
    # The context of these resolvers. It must not depend on anything but `viewer_key`.
    context: object = None
