"""Records that shows have changed, for clients that have read them. A sold ticket is not a change of its show."""

from collections.abc import Iterable

from cinema.catalog.events import ShowsChanged
from cinema.catalog.models import Show
from cinema.core import events
from cinema.core.clock import Now
from cinema.core.transactions import requires_transaction


@requires_transaction
def record(shows: Iterable[Show]) -> None:
    """Store and announce that these locked shows, their prices or their seat plans have changed."""
    show_ids = frozenset(show.pk for show in shows)
    if show_ids:
        Show.objects.filter(pk__in=show_ids).update(changed_at=Now())
        events.publish(ShowsChanged(show_ids))
