"""Labels with which callers select seats."""

from collections.abc import Callable
from typing import Any

import pytest

from cinema.booking import blocks, bookings, holds
from cinema.booking.errors import UnknownSeats
from cinema.core.errors import FieldError, InvalidInput
from cinema.models import Booking, Show, User
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def book(show: Show, *labels: str, by: User) -> Booking:
    return bookings.book(show_id=show.pk, labels=labels, by=by)


def test_label_may_be_in_any_case_and_repeated(show: Show, buyer: User) -> None:
    booking = book(show, " a1", "A1 ", "a 2", by=buyer)

    assert [t.seat.label for t in booking.tickets.all()] == ["A1", "A2"]


@pytest.mark.parametrize(
    ("labels", "refusal"),
    [
        ([], ("min_length", "Name at least one seat.")),
        ([f"A{number}" for number in range(10_001)], ("max_length", "Name at most 10,000 seats.")),
        (["A1", "A12345678"], ("max_length", "The label of a seat has at most 8 characters.")),
    ],
    ids=["none", "too many", "label too long"],
)
@pytest.mark.parametrize(
    "act", [bookings.book, holds.acquire, blocks.block, blocks.unblock, bookings.cancel], ids=lambda it: it.__name__
)
def test_empty_lists_too_many_seats_and_long_labels_are_refused(
    show: Show, buyer: User, act: Callable[..., object], labels: list[str], refusal: tuple[str, str]
) -> None:
    booking = situations.a_booking(by=buyer)
    arguments: dict[object, dict[str, Any]] = {
        bookings.book: {"show_id": show.pk, "labels": labels},
        holds.acquire: {"show_id": show.pk, "wanted": labels},
        blocks.block: {"show_id": show.pk, "labels": labels},
        blocks.unblock: {"show_id": show.pk, "labels": labels},
        bookings.cancel: {"booking_id": booking.pk, "labels": labels},
    }

    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        act(**arguments[act], by=buyer)
    assert refused.value.fields == [FieldError("seats", *refusal)]


def test_spaces_do_not_count_toward_the_length_of_a_label(show: Show, buyer: User) -> None:
    with nothing_changes(), pytest.raises(UnknownSeats) as refused:
        book(show, "  z z 1 2 3 4 5 6  ", by=buyer)
    assert refused.value.seats == ["ZZ123456"]
