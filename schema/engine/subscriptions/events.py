"""What the field of a subscription yields."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class SharedEvent:
    """An event that many subscribers receive.

    Subscribers with the same selection of fields, and events with the same `key` and `viewer_key`, share one result:
    it is executed once for all of them. So `render` must depend on nothing else, such as arguments of the field.
    """

    # An object that the events of all subscribers have in common, compared by identity. The result is kept no longer
    # than this object; what `render` returns must not refer to it.
    key: object
    # What else the value depends on: for instance the viewer, if something in it is theirs.
    viewer_key: Hashable
    # Returns the value of the field. With a number, only so many of its items are needed, to estimate the size of the
    # result. It is called in a thread if there are many items, and must not use the database.
    render: Callable[[int | None], object]
    # How many items the value has.
    weight: int = 1
