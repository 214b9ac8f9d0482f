"""A key refers to the result of any operation, not only of a booking."""

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from cinema.core import idempotency
from cinema.core.errors import IdempotencyKeyReused
from cinema.core.idempotency import IdempotencyKey
from cinema.models import Genre, User


def create_genre(*, by: User, name: str) -> Genre:
    return Genre.objects.create(name=f"{name} of {by}")


def run_once(by: User, name: str = "Drama", *, key: str | None = "key", operation: str = "createGenre") -> Genre:
    with transaction.atomic():
        return idempotency.run_once(create_genre, model=Genre, operation=operation, key=key, by=by, name=name)


def test_repeated_call_returns_the_current_result(buyer: User) -> None:
    genre = run_once(buyer)
    Genre.objects.filter(pk=genre.pk).update(name="Renamed")

    assert run_once(buyer).name == "Renamed"
    assert Genre.objects.count() == 1
    key = IdempotencyKey.objects.get()
    assert (key.result_type, key.result_id) == ("cinema.genre", genre.pk)


def test_without_a_key_a_repeated_call_runs_again(buyer: User) -> None:
    run_once(buyer, "Drama", key=None)
    run_once(buyer, "Comedy", key=None)

    assert Genre.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("other", [{"name": "Comedy"}, {"operation": "renameGenre"}])
def test_key_of_another_call_is_refused(buyer: User, other: dict[str, str]) -> None:
    run_once(buyer)

    with pytest.raises(IdempotencyKeyReused):
        run_once(buyer, **other)
    assert Genre.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_run_once_requires_a_transaction(buyer: User) -> None:
    with pytest.raises(TransactionManagementError):
        idempotency.run_once(create_genre, model=Genre, operation="createGenre", key="key", by=buyer, name="Drama")
    assert not Genre.objects.exists()
