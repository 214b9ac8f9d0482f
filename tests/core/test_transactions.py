import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import IntegrityError

from cinema.core import transactions
from cinema.core.errors import Busy
from cinema.core.transactions import ATTEMPTS, TryAgain, requires_transaction, use_case
from cinema.models import Genre


class SqlState(Exception):
    """An error of psycopg, which Django sets as the cause of its own."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def collision(sqlstate: str) -> OperationalError:
    error = OperationalError(sqlstate)
    error.__cause__ = SqlState(sqlstate)
    return error


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "FIRST_PAUSE_SECONDS", 0.0001)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        TryAgain(),
        collision("40001"),
        collision("40P01"),
        collision("55P03"),
        OperationalError("database is locked"),
        OperationalError("database table is locked: cinema_ticket"),
    ],
    ids=str,
)
def test_collision_is_tried_again_from_the_start(error: Exception) -> None:
    tries: list[int] = []

    @use_case
    def act() -> int:
        Genre.objects.create(name="Drama")
        tries.append(1)
        if len(tries) < 3:
            raise error
        return Genre.objects.count()

    assert act() == 1
    assert len(tries) == 3


@pytest.mark.django_db
def test_too_many_collisions_are_busy_and_change_nothing() -> None:
    tries: list[int] = []

    @use_case
    def act() -> None:
        tries.append(1)
        Genre.objects.create(name="Drama")
        raise TryAgain

    with pytest.raises(Busy) as refusal:
        act()

    assert len(tries) == ATTEMPTS
    assert refusal.value.retry_after_ms >= 0
    assert not Genre.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("error", [ValueError(), IntegrityError(), collision("57014"), OperationalError("disk full")])
def test_other_error_rolls_back_and_is_raised(error: Exception) -> None:
    tries: list[int] = []

    @use_case
    def act() -> None:
        tries.append(1)
        Genre.objects.create(name="Drama")
        raise error

    with pytest.raises(type(error)):
        act()

    assert tries == [1]
    assert not Genre.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_use_case_inside_a_transaction_is_an_error() -> None:
    @use_case
    def act() -> None:
        Genre.objects.create(name="Drama")

    with pytest.raises(RuntimeError), transaction.atomic():
        act()

    assert not Genre.objects.exists()


@pytest.mark.django_db
def test_database_has_timeouts() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for setting in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SHOW {setting}")
                assert cursor.fetchone() != ("0",)
        else:
            cursor.execute("PRAGMA busy_timeout")
            assert cursor.fetchone()[0] > 0
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)


@pytest.mark.django_db
def test_slow_transaction_is_rolled_back_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    @use_case
    def act() -> None:
        tries.append(1)
        monkeypatch.setattr(transactions, "MAX_TRANSACTION_SECONDS", -1 if len(tries) == 1 else 60)
        Genre.objects.create(name=f"Drama {len(tries)}")

    act()

    assert [genre.name for genre in Genre.objects.all()] == ["Drama 2"]


@pytest.mark.django_db
def test_transaction_that_is_always_slow_is_busy_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "MAX_TRANSACTION_SECONDS", -1)

    @use_case
    def act() -> None:
        Genre.objects.create(name="Drama")

    with pytest.raises(Busy) as busy:
        act()

    assert isinstance(busy.value.__cause__, transactions.TookTooLong)
    assert not Genre.objects.exists()


@pytest.mark.django_db
def test_use_case_is_not_tried_again_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "RETRY_DEADLINE", 0)
    tries: list[int] = []

    @use_case
    def act() -> None:
        tries.append(1)
        raise collision("55P03")

    with pytest.raises(Busy):
        act()

    assert tries == [1]


@pytest.mark.django_db(transaction=True)
def test_body_requires_a_transaction() -> None:
    @requires_transaction
    def body(name: str) -> Genre:
        return Genre.objects.create(name=name)

    with pytest.raises(TransactionManagementError, match="body requires a transaction"):
        body("Drama")
    assert not Genre.objects.exists()

    use_case(body)("Drama")
    assert Genre.objects.exists()


@pytest.mark.django_db
def test_use_case_refuses_unsaved_instances() -> None:
    @use_case
    def save(genre: Genre) -> None:
        genre.save()

    with pytest.raises(TypeError, match="creates the Genre it saves"):
        save(Genre(name="Drama"))
    with pytest.raises(TypeError, match="creates the Genre it saves"):
        save(genre=Genre(name="Drama"))
    assert not Genre.objects.exists()
