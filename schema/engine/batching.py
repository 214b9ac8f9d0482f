"""What belongs to many rows of a list is loaded for all of them at once, when it is first asked for.

A list gives its rows the `Peers` they came with. A resolver that needs more about its row loads it for all its
peers and leaves the rest for them. So a document costs the same number of queries for one row as for a hundred,
by whatever path, alias or fragment the client asks, and what nobody asks for is never loaded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model, prefetch_related_objects

M = TypeVar("M", bound=Model)
V = TypeVar("V")


class Peers(list[M]):
    """Rows that came together, with what has been loaded for them."""

    def __init__(self, rows: Iterable[M]) -> None:
        super().__init__(rows)
        self.loaded: dict[object, Any] = {}


def gather(rows: Iterable[M]) -> Peers[M]:
    """Make `rows` peers of each other."""
    peers = Peers(rows)
    for row in peers:
        row.__dict__["_peers"] = peers
    return peers


def peers_of(row: M) -> Peers[M]:
    """The rows that `row` came with, itself among them."""
    found = row.__dict__.get("_peers")
    return found if found is not None else gather([row])


def batched(row: M, load: Callable[[Sequence[M]], Mapping[int, V]]) -> V:
    """What `load` has for `row`; it is called once for all its peers, and answers by key."""
    return once(row, load, load)[row.pk]


def once(row: M, key: object, load: Callable[[Peers[M]], V]) -> V:
    """What `load` returns for the peers of `row`, called once for each `key`."""
    peers = peers_of(row)
    if key not in peers.loaded:
        peers.loaded[key] = load(peers)
    found: V = peers.loaded[key]
    return found


def related(row: Model, name: str) -> Any:
    """The one row that `row.name` refers to; those of its peers are loaded with it and are peers themselves."""

    def load(peers: Peers[Model]) -> dict[int, Model]:
        prefetch_related_objects(peers, name)
        targets = {target.pk: target for peer in peers if (target := getattr(peer, name))}
        gather(targets.values())
        return targets

    return once(row, name, load)[getattr(row, name).pk]


def related_list(row: Model, name: str, *also: str) -> list[Any]:
    """The rows of `row.name`, with `also` of each; those of all its peers are loaded at once and are peers."""

    def load(peers: Peers[Model]) -> Peers[Model]:
        prefetch_related_objects(peers, name, *(f"{name}__{each}" for each in also))
        return gather(target for peer in peers for target in getattr(peer, name).all())

    once(row, name, load)
    return list(getattr(row, name).all())
