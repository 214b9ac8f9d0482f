from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cinema.booking import bookings, holds, seats
from cinema.core import clock, idempotency, transactions
from cinema.core.errors import Busy, IdempotencyKeyReused, InvalidInput, NotFound
from cinema.core.idempotency import IdempotencyKey
from cinema.core.transactions import ATTEMPTS
from cinema.models import Booking, Show, User
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "FIRST_PAUSE_SECONDS", 0.0001)


def book(show: Show, label: str = "A1", *, by: User, key: str | None = "key") -> Booking:
    return bookings.book(show_id=show.pk, labels=[label], by=by, key=key)


def fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError


def test_key_refers_to_the_created_booking(show: Show, buyer: User) -> None:
    booking = book(show, by=buyer)

    key = IdempotencyKey.objects.get()
    assert (key.user, key.key, str(key)) == (buyer, "key", "key")
    assert (key.result_type, key.result_id) == ("cinema.booking", booking.pk)
    assert abs(clock.now() - key.created_at) < timedelta(minutes=1)
    with nothing_changes():
        assert book(show, by=buyer) == booking


def test_key_refers_to_the_changed_booking(show: Show, buyer: User) -> None:
    booking = book(show, by=buyer, key=None)

    bookings.cancel(booking_id=booking.pk, by=buyer, key="key")

    assert IdempotencyKey.objects.get().result_id == booking.pk


def test_call_that_changed_nothing_stores_its_key(show: Show, buyer: User) -> None:
    booking = book(show, by=buyer, key=None)

    bookings.confirm(booking_id=booking.pk, by=buyer, key="key")

    with nothing_changes(), pytest.raises(IdempotencyKeyReused):
        bookings.cancel(booking_id=booking.pk, by=buyer, key="key")


def test_arguments_are_stored_as_a_hash(show: Show, buyer: User) -> None:
    book(show, by=buyer)

    fingerprint = IdempotencyKey.objects.get().fingerprint
    assert len(fingerprint) == 64
    assert set(fingerprint) <= set("0123456789abcdef")


@pytest.mark.usefixtures("only_transactions")
def test_key_is_not_stored_if_the_booking_fails(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    take = seats.take

    def take_and_fail(*args: Any, **arguments: Any) -> None:
        take(*args, **arguments)
        fail()

    with monkeypatch.context() as broken:
        broken.setattr(seats, "take", take_and_fail)
        with nothing_changes(), pytest.raises(ZeroDivisionError):
            book(show, by=buyer)

    assert book(show, by=buyer).status == "CONFIRMED"


@pytest.mark.usefixtures("only_transactions")
def test_booking_is_not_stored_if_the_key_fails(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(IdempotencyKey, "save", fail)
        with nothing_changes(), pytest.raises(ZeroDivisionError):
            book(show, by=buyer)

    assert book(show, by=buyer).status == "CONFIRMED"


@pytest.mark.usefixtures("only_transactions")
def test_failure_after_both_stores_neither(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    save = IdempotencyKey.save

    def save_and_fail(key: IdempotencyKey, **options: Any) -> None:
        save(key, **options)
        assert (Booking.objects.count(), IdempotencyKey.objects.count()) == (1, 1)
        fail()

    with monkeypatch.context() as broken:
        broken.setattr(IdempotencyKey, "save", save_and_fail)
        with nothing_changes(), pytest.raises(ZeroDivisionError):
            book(show, by=buyer)

    assert book(show, by=buyer).status == "CONFIRMED"


@pytest.mark.usefixtures("only_transactions")
def test_key_conflict_is_tried_again(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def refuse(*_: Any, **__: Any) -> None:
        tries.append(1)
        raise IntegrityError("UNIQUE constraint failed: cinema_idempotencykey.user_id, cinema_idempotencykey.key")

    monkeypatch.setattr(IdempotencyKey, "save", refuse)
    with nothing_changes(), pytest.raises(Busy):
        book(show, by=buyer)

    assert len(tries) == ATTEMPTS


@pytest.mark.usefixtures("only_transactions")
def test_other_violation_is_not_tried_again(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise IntegrityError("FOREIGN KEY constraint failed")

    monkeypatch.setattr(IdempotencyKey, "save", refuse)
    with nothing_changes(), pytest.raises(IntegrityError):
        book(show, by=buyer)


def test_key_is_unique_per_user(show: Show, buyer: User) -> None:
    book(show, by=buyer)
    book(show, "A2", by=situations.a_user())
    first = IdempotencyKey.objects.get(user=buyer)

    with pytest.raises(IntegrityError), transaction.atomic():
        IdempotencyKey.objects.create(user=buyer, key="key", fingerprint="f", result_id=first.result_id)


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_key_of_invalid_length_is_refused(show: Show, buyer: User, key: str) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        book(show, by=buyer, key=key)

    assert [(each.field, each.code) for each in refusal.value.fields] == [("idempotency_key", "length")]


# ---------------------------------------------------------------------- purging


def aged(key: str, *, by: User, **age: float) -> IdempotencyKey:
    """A key that was stored `age` ago."""
    booking = situations.a_booking(by=by)
    return IdempotencyKey.objects.create(
        user=by,
        key=key,
        fingerprint="f",
        result_type="cinema.booking",
        result_id=booking.pk,
        created_at=clock.now() - timedelta(**age),
    )


def left() -> list[str]:
    return sorted(IdempotencyKey.objects.values_list("key", flat=True))


def test_keys_are_purged_after_24_hours(buyer: User) -> None:
    aged("old", by=buyer, hours=24, seconds=1)
    aged("young", by=buyer, hours=24, seconds=-30)
    aged("new", by=buyer)

    assert idempotency.purge(at_most=10) == 1
    assert left() == ["new", "young"]
    with nothing_changes():
        assert idempotency.purge(at_most=10) == 0


def test_number_of_purged_keys_is_limited(buyer: User) -> None:
    for days in (3, 5, 4):
        aged(f"{days} days", by=buyer, days=days)

    assert idempotency.purge(at_most=2) == 2
    assert len(left()) == 1


def test_booking_remains_after_its_key_is_purged(buyer: User) -> None:
    booking = Booking.objects.get(pk=aged("old", by=buyer, days=2).result_id)

    idempotency.purge(at_most=10)

    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"


def test_key_of_an_expired_hold_still_works(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer, key="key")
    situations.expire_hold(hold)
    holds.release_expired(at_most=10)

    assert holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer, key="key") == hold


def test_same_seat_in_another_spelling_is_the_same_call(show: Show, buyer: User) -> None:
    booking = bookings.book(show_id=show.pk, labels=["A1"], by=buyer, key="k")

    with nothing_changes():
        assert bookings.book(show_id=show.pk, labels=[" a1"], by=buyer, key="k") == booking


def test_deleted_user_is_not_found(show: Show, buyer: User) -> None:
    User.objects.filter(pk=buyer.pk).delete()

    with nothing_changes(), pytest.raises(NotFound):
        bookings.book(show_id=show.pk, labels=["A1"], by=buyer)
