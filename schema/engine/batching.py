"""Loads related data for all rows of a list in one query, when a resolver first needs it.

The rows of a list are peers. A resolver that needs more data about its row loads it for all peers of the row, and the
resolvers of the other rows use the loaded data. So a document needs the same number of queries for one row as for a
hundred, with any paths, aliases and fragments. Data that is not selected is not loaded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model, prefetch_related_objects

M = TypeVar("M", bound=Model)
V = TypeVar("V")


class Peers(list[M]):
    """Rows that were read together, and the data loaded for them."""

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
    """The rows that were read together with `row`, including itself."""
    found = row.__dict__.get("_peers")
    return found if found is not None else gather([row])


def batched(row: M, load: Callable[[Sequence[M]], Mapping[int, V]]) -> V:
    """The value for `row` from `load`, which is called once for all its peers and returns values by primary key."""
    return once(row, load, load)[row.pk]


def once(row: M, key: object, load: Callable[[Peers[M]], V]) -> V:
    """The result of `load` for the peers of `row`, called once for each `key`."""
    peers = peers_of(row)
    if key not in peers.loaded:
        peers.loaded[key] = load(peers)
    found: V = peers.loaded[key]
    return found


def related(row: Model, name: str) -> Any:
    """The row that the foreign key `name` of `row` refers to. The rows for its peers are loaded too, as peers."""
    peers = peers_of(row)
    if name not in peers.loaded:
        peers.loaded[name] = _share(peers, name)
    return row._state.fields_cache[name]  # noqa: SLF001 - as below


def _share(peers: Peers[Any], name: str) -> Peers[Any]:
    """Load the rows that the foreign key `name` of peers refers to. Peers with the same key share one instance."""
    caches = [peer._state.fields_cache for peer in peers]  # noqa: SLF001 - Django has no public API for it
    if not all(name in cache for cache in caches):
        prefetch_related_objects(peers, name)
    targets: dict[Any, Model] = {}
    for cache in caches:
        target = cache[name]
        if target is not None:
            cache[name] = targets.setdefault(target.pk, target)
    return gather(targets.values())


def related_list(row: Model, name: str, *also: str) -> list[Any]:
    """The rows of the relation `name`, loaded for all peers of `row`. Loads the relations `also` of each row too."""

    def load(peers: Peers[Model]) -> Peers[Model]:
        prefetch_related_objects(peers, name, *(f"{name}__{each}" for each in also))
        return gather(target for peer in peers for target in getattr(peer, name).all())

    once(row, name, load)
    return list(getattr(row, name).all())
