from collections.abc import Iterator

import pytest

from cinema.booking import blocks
from cinema.catalog import scheduling
from cinema.catalog.events import ShowCancelled, ShowMoving
from cinema.core import events
from cinema.handlers import HANDLERS
from cinema.models import Movie, Screen
from tests import situations
from tests.catalog.shows import at, reschedule, schedule
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored_handlers() -> Iterator[None]:
    yield
    events.install(HANDLERS)


def fail(event: object) -> None:
    raise RuntimeError(f"cannot follow {type(event).__name__}")


@pytest.mark.usefixtures("restored_handlers")
def test_a_show_stays_on_when_what_follows_its_cancelling_fails(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)
    blocks.block(show_id=show.pk, labels=["A2"])
    events.install({ShowCancelled: [*HANDLERS[ShowCancelled], fail]})

    with nothing_changes(), pytest.raises(RuntimeError, match=r"^cannot follow ShowCancelled$"):
        scheduling.cancel(show_id=show.pk)


@pytest.mark.usefixtures("restored_handlers")
def test_a_show_stays_where_it_is_when_what_follows_its_moving_fails(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A2"])
    other = situations.a_screen(["SS"])
    events.install({ShowMoving: [*HANDLERS[ShowMoving], fail]})

    with nothing_changes(), pytest.raises(RuntimeError, match=r"^cannot follow ShowMoving$"):
        reschedule(show, screen_id=other.pk)
