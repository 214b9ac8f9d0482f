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
    raise RuntimeError(f"cannot handle {type(event).__name__}")


@pytest.mark.usefixtures("restored_handlers")
def test_a_show_is_not_cancelled_if_a_handler_fails(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)
    blocks.block(show_id=show.pk, labels=["A2"])
    events.install({ShowCancelled: [*HANDLERS[ShowCancelled], fail]})

    with nothing_changes(), pytest.raises(RuntimeError, match=r"^cannot handle ShowCancelled$"):
        scheduling.cancel(show_id=show.pk)


@pytest.mark.usefixtures("restored_handlers")
def test_a_show_is_not_moved_if_a_handler_fails(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A2"])
    other = situations.a_screen(["SS"])
    events.install({ShowMoving: [*HANDLERS[ShowMoving], fail]})

    with nothing_changes(), pytest.raises(RuntimeError, match=r"^cannot handle ShowMoving$"):
        reschedule(show, screen_id=other.pk)
