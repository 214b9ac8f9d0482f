"""Migrations do not break the release that runs while they are applied.

An upgrade migrates the database first, and then restarts one instance after the other. Until then, the previous release
writes to the new schema. It knows only the columns of its own migrations.
"""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

from cinema.models import AttemptCount, Genre, IdempotencyKey, QueuedMail, Show, User
from tests import situations

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# The last migration of the previous release. At each release, set it to the last migration.
BASELINE = "0017_name_of_seat_events"
# Migrations before the baseline that broke the release before them. They show that the tests detect it.
BREAKING = {"0004_mails": "cinema_user", "0014_seat_plan_versions": "cinema_screen"}


# Changes that the linter refuses, although they do not break the running release.
ACCEPTED = {
    # `numeric(8, 2)` becomes `numeric`, which keeps the stored values and rewrites no table.
    "0023_rules_of_theaters": ["ALTER_COLUMN"],
}

NAMES = sorted(name for app, name in MigrationLoader(None).disk_migrations if app == "cinema")


def before(name: str) -> str:
    return NAMES[NAMES.index(name) - 1]


def is_accepted(name: str) -> bool:
    """Whether the linter finds no error in the migration. It prints what it finds.

    It does not find all columns without a default: not in a migration that creates a table too, such as 0004.
    """
    linter = MigrationLinter(no_cache=True, exclude_migration_tests=ACCEPTED.get(name, []))
    linter.lint_migration(linter.migration_loader.disk_migrations["cinema", name])
    return not linter.has_errors


def tables_at(migration: str) -> dict[str, list[str]]:
    """The tables and their columns after `migration`, as the release with this last migration knows them."""
    apps = MigrationLoader(connection).project_state(("cinema", migration)).apps
    return {
        model._meta.db_table: [str(field.column) for field in model._meta.local_concrete_fields]
        for model in apps.get_app_config("cinema").get_models(include_auto_created=True)
    }


def write_again(table: str, columns: list[str]) -> int:
    """Delete the rows of the table, and insert them with values for `columns` only. Returns their number."""
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}"')  # noqa: S608 - names of models
        rows = cursor.fetchall()
        cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - as above
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({values})', rows)  # noqa: S608 - as above
    return len(rows)


@pytest.fixture
def rows_in_every_table(buyer: User, show: Show) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    situations.an_access_token(buyer)
    show.movie.genres.add(Genre.objects.create(name="Drama"))
    buyer.groups.add(Group.objects.create(name="Staff"))
    buyer.user_permissions.add(Permission.objects.all()[0])
    IdempotencyKey.objects.create(user=buyer, key="key", result_type="cinema.booking", result_id=booking.pk)
    QueuedMail.objects.create(kind="VERIFICATION", address=buyer.email)
    AttemptCount.objects.create(key="key", count=1, expires_at=booking.created_at)


def test_the_previous_release_can_write_to_every_table(rows_in_every_table: None) -> None:
    for table, columns in tables_at(BASELINE).items():
        assert write_again(table, columns), f"the fixture has no row for {table}"
    connection.check_constraints()


@pytest.mark.parametrize(("migration", "table"), BREAKING.items(), ids=BREAKING)
def test_a_column_without_a_default_is_detected(migration: str, table: str, rows_in_every_table: None) -> None:
    columns = tables_at(before(migration))[table]
    with pytest.raises(DatabaseError, match="violates not-null constraint"), transaction.atomic():
        write_again(table, columns)


def test_the_linter_accepts_the_migrations_since_the_previous_release() -> None:
    assert [name for name in NAMES if name > BASELINE and not is_accepted(name)] == []


@pytest.mark.parametrize(
    "migration", ["0008_idempotency_of_any_result", "0010_one_genre_per_name", "0013_token_families"]
)
def test_the_linter_detects_dropped_and_renamed_columns_and_new_constraints(migration: str) -> None:
    assert not is_accepted(migration)
