"""The name of a violated unique constraint is known on both databases."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from cinema.booking.models import ONE_LIVE_TICKET, ONE_REFERENCE
from cinema.core.database_errors import unique_constraints, violated_unique_constraint
from cinema.core.transactions import Conflict, detecting_conflict
from cinema.models import Booking, Screen, Seat, Theater, Ticket, User
from tests import situations

pytestmark = pytest.mark.django_db

Write = Callable[[], object]


# Each function prepares the database, and returns a write that a constraint refuses.


def a_theater_twice() -> Write:
    Theater.objects.create(name="Rex", city="Lisbon", time_zone="UTC")
    return lambda: Theater.objects.create(name="REX", city="Lisbon", time_zone="UTC")


def a_reference_twice() -> Write:
    first, second = situations.a_booking(), situations.a_booking()
    return lambda: Booking.objects.filter(pk=second.pk).update(reference=first.reference)


def a_username_twice() -> Write:
    situations.a_user("ada")
    return lambda: User.objects.create(username="ada", email="other@example.com")


def a_primary_key_twice() -> Write:
    taken = situations.a_theater().pk
    return lambda: Theater(pk=taken, name="Other", city="Lisbon", time_zone="UTC").save(force_insert=True)


def a_live_ticket_twice() -> Write:
    ticket = situations.a_booking().tickets.get()
    return lambda: Ticket.objects.create(booking=ticket.booking, show=ticket.show, seat=ticket.seat, price=1)


def a_seat_label_twice() -> Write:
    screen = situations.a_screen()
    seat = Seat(screen=screen, label="A1", row="A", row_index=0, number=1, column=1, category="STANDARD")
    return seat.save


def no_theater() -> Write:
    screen = Screen(name="Screen", plan="S", seat_count=1)
    return screen.save


@pytest.mark.parametrize(
    ("prepare", "names"),
    [
        (a_theater_twice, {"one_theater_per_name_and_city"}),
        (a_reference_twice, {ONE_REFERENCE}),
        # Two constraints refuse it. The database decides which is checked first.
        (a_username_twice, {"cinema_user.username", "one_user_per_username"}),
        (a_primary_key_twice, {"cinema_theater.id"}),
        (a_live_ticket_twice, {ONE_LIVE_TICKET}),
        (a_seat_label_twice, {"one_current_seat_per_label_of_a_screen"}),
        (no_theater, {None}),
    ],
)
def test_violated_constraint_is_named(prepare: Callable[[], Write], names: set[str | None]) -> None:
    write = prepare()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write()

    assert violated_unique_constraint(refused.value) in names


@pytest.mark.parametrize("model", [Booking, Theater, Ticket, User])
def test_constraints_of_a_model_include_the_primary_key(model: type[Booking | Theater | Ticket | User]) -> None:
    assert unique_constraints(model) >= {f"{model._meta.db_table}.id"}


def test_violation_of_a_named_constraint_is_a_conflict() -> None:
    write = a_live_ticket_twice()
    with pytest.raises(Conflict, match=ONE_LIVE_TICKET), detecting_conflict({ONE_LIVE_TICKET}), transaction.atomic():
        write()


@pytest.mark.parametrize("prepare", [a_theater_twice, no_theater])
def test_other_violation_is_not_a_conflict(prepare: Callable[[], Write]) -> None:
    write = prepare()
    with pytest.raises(IntegrityError), detecting_conflict({ONE_LIVE_TICKET}), transaction.atomic():
        write()
