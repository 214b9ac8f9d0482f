from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cinema.booking import bookings, history, holds
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


def failing(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError


def test_a_key_stands_for_the_booking_that_its_call_made(show: Show, buyer: User) -> None:
    booking = book(show, by=buyer)

    key = IdempotencyKey.objects.get()
    assert (key.user, key.key, str(key)) == (buyer, "key", "key")
    assert (key.result_type, key.result_id) == ("cinema.booking", booking.pk)
    assert abs(clock.now() - key.created_at) < timedelta(minutes=1)
    with nothing_changes():
        assert book(show, by=buyer) == booking


def test_a_key_stands_for_the_booking_that_its_call_changed(show: Show, buyer: User) -> None:
    booking = book(show, by=buyer, key=None)

    bookings.cancel(booking_id=booking.pk, by=buyer, key="key")

    assert IdempotencyKey.objects.get().result_id == booking.pk


def test_also_a_call_that_found_nothing_to_do_has_its_key(show: Show, buyer: User) -> None:
    booking = book(show, by=buyer, key=None)

    bookings.confirm(booking_id=booking.pk, by=buyer, key="key")

    with pytest.raises(IdempotencyKeyReused):
        bookings.cancel(booking_id=booking.pk, by=buyer, key="key")


def test_what_a_client_sent_is_not_kept_as_it_was_sent(show: Show, buyer: User) -> None:
    book(show, by=buyer)

    fingerprint = IdempotencyKey.objects.get().fingerprint
    assert len(fingerprint) == 64
    assert set(fingerprint) <= set("0123456789abcdef")


def test_without_its_booking_there_is_no_key(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(history, "record", failing)
        with nothing_changes(), pytest.raises(ZeroDivisionError):
            book(show, by=buyer)

    assert book(show, by=buyer).status == "CONFIRMED"


def test_without_its_key_there_is_no_booking(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(IdempotencyKey, "save", failing)
        with nothing_changes(), pytest.raises(ZeroDivisionError):
            book(show, by=buyer)

    assert book(show, by=buyer).status == "CONFIRMED"


def test_what_fails_after_both_leaves_neither(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    save = IdempotencyKey.save

    def save_and_fail(key: IdempotencyKey, **options: Any) -> None:
        save(key, **options)
        assert (Booking.objects.count(), IdempotencyKey.objects.count()) == (1, 1)
        failing()

    with monkeypatch.context() as broken:
        broken.setattr(IdempotencyKey, "save", save_and_fail)
        with nothing_changes(), pytest.raises(ZeroDivisionError):
            book(show, by=buyer)

    assert book(show, by=buyer).status == "CONFIRMED"


def test_a_key_that_a_rival_wrote_first_is_looked_up_in_another_try(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def refuse(*_: Any, **__: Any) -> None:
        tries.append(1)
        raise IntegrityError("UNIQUE constraint failed: cinema_idempotencykey.user_id, cinema_idempotencykey.key")

    monkeypatch.setattr(IdempotencyKey, "save", refuse)
    with nothing_changes(), pytest.raises(Busy):
        book(show, by=buyer)

    assert len(tries) == ATTEMPTS


def test_any_other_violation_is_no_rival(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise IntegrityError("FOREIGN KEY constraint failed")

    monkeypatch.setattr(IdempotencyKey, "save", refuse)
    with nothing_changes(), pytest.raises(IntegrityError):
        book(show, by=buyer)


def test_one_user_has_a_key_once(show: Show, buyer: User) -> None:
    book(show, by=buyer)
    book(show, "A2", by=situations.a_user())
    first = IdempotencyKey.objects.get(user=buyer)

    with pytest.raises(IntegrityError), transaction.atomic():
        IdempotencyKey.objects.create(user=buyer, key="key", fingerprint="f", result_id=first.result_id)


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_what_cannot_be_a_key_is_refused_before_anything_is_done(show: Show, buyer: User, key: str) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        book(show, by=buyer, key=key)

    assert [(each.field, each.code) for each in refusal.value.fields] == [("idempotency_key", "length")]


# ---------------------------------------------------------------------- forgetting


def aged(key: str, *, by: User, **age: float) -> IdempotencyKey:
    """A key of so long ago."""
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


def test_keys_are_forgotten_after_24_hours(buyer: User) -> None:
    aged("old", by=buyer, hours=24, seconds=1)
    aged("young", by=buyer, hours=24, seconds=-30)
    aged("new", by=buyer)

    assert idempotency.purge(at_most=10) == 1
    assert left() == ["new", "young"]
    with nothing_changes():
        assert idempotency.purge(at_most=10) == 0


def test_keys_are_purged_so_many_at_a_time(buyer: User) -> None:
    for days in (3, 5, 4):
        aged(f"{days} days", by=buyer, days=days)

    assert idempotency.purge(at_most=2) == 2
    assert len(left()) == 1


def test_what_the_call_did_outlives_its_key(buyer: User) -> None:
    booking = Booking.objects.get(pk=aged("old", by=buyer, days=2).result_id)

    idempotency.purge(at_most=10)

    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"


def test_an_expired_hold_keeps_its_key(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer, key="key")
    situations.expire_hold(hold)
    holds.release_expired(at_most=10)

    assert holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer, key="key") == hold


def test_a_seat_is_the_same_however_it_is_typed(show: Show, buyer: User) -> None:
    booking = bookings.book(show_id=show.pk, labels=["A1"], by=buyer, key="k")

    with nothing_changes():
        assert bookings.book(show_id=show.pk, labels=[" a1"], by=buyer, key="k") == booking


def test_who_has_just_been_deleted_is_not_found(show: Show, buyer: User) -> None:
    User.objects.filter(pk=buyer.pk).delete()

    with nothing_changes(), pytest.raises(NotFound):
        bookings.book(show_id=show.pk, labels=["A1"], by=buyer)
