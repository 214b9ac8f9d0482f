"""Currencies and deadlines of theaters, and amounts with more than two decimals."""

import datetime
from typing import Any

import django.core.validators
import django.db.models.deletion
from django.db import connection, migrations, models, transaction

import cinema.catalog.models
import cinema.core.money

# Without a number of decimals, the type does not limit them, and no row is written again.
_AMOUNTS = """
ALTER TABLE cinema_price ALTER COLUMN amount TYPE numeric;
ALTER TABLE cinema_ticket ALTER COLUMN price TYPE numeric;
ALTER TABLE cinema_booking ALTER COLUMN total TYPE numeric;
"""
# The statements that a server of the previous release has prepared fail after the change, until it connects again. It
# does so before a request if its connection was closed.
_CLOSE_IDLE_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = CURRENT_DATABASE() AND usename = CURRENT_USER AND state = 'idle' AND pid <> PG_BACKEND_PID()
"""


def allow_more_decimals(apps: Any, schema_editor: Any) -> None:
    """For PostgreSQL. The columns of SQLite do not limit decimals."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_AMOUNTS)
        transaction.on_commit(_close_idle_connections)


def _close_idle_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_IDLE_CONNECTIONS)


def _deadline(verbose_name: str) -> models.IntegerField:
    return models.IntegerField(
        blank=True,
        null=True,
        validators=[
            django.core.validators.MinValueValidator(-240),
            django.core.validators.MaxValueValidator(43200),
        ],
        verbose_name=verbose_name,
    )


class Migration(migrations.Migration):
    dependencies = [("cinema", "0022_new_email_addresses")]

    operations = [
        migrations.AddField("show", "moved_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "theater",
            "booking_closes_minutes_before_start",
            _deadline("booking closes (minutes before the start)"),
        ),
        migrations.AddField(
            "theater",
            "cancelling_closes_minutes_before_start",
            _deadline("cancelling closes (minutes before the start)"),
        ),
        migrations.AddField(
            "theater",
            "currency",
            models.CharField(blank=True, db_default="", max_length=3, validators=[cinema.core.money.validate_currency]),
        ),
        migrations.AddField(
            "theater",
            "day_ends_at",
            models.TimeField(
                db_default=datetime.time(6, 0),
                default=datetime.time(6, 0),
                validators=[cinema.catalog.models.validate_day_end],
            ),
        ),
        migrations.CreateModel(
            "EarlierStart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "show",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="earlier_starts", to="cinema.show"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(allow_more_decimals, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField("booking", "total", models.DecimalField(decimal_places=4, max_digits=14)),
                migrations.AlterField(
                    "price",
                    "amount",
                    models.DecimalField(
                        decimal_places=4, max_digits=12, validators=[django.core.validators.MinValueValidator(0)]
                    ),
                ),
                migrations.AlterField(
                    "ticket", "price", models.DecimalField(decimal_places=4, max_digits=12, null=True)
                ),
            ],
        ),
    ]
