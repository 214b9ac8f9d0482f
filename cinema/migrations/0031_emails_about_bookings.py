"""The queue of emails about bookings, and how far it has read the history."""

from typing import Any

import cinema.core.clock
import django.db.models.deletion
from django.db import migrations, models


def begin_now(apps: Any, schema_editor: Any) -> None:
    """Earlier changes are not announced."""
    now = cinema.core.clock.Now()
    apps.get_model("cinema", "HistoryRead").objects.create(pk=1, read_until=now, reread_until=now)


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0030_order_of_theaters"),
    ]

    operations = [
        migrations.CreateModel(
            name="BookingEmail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(db_default=cinema.core.clock.Now())),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=cinema.core.clock.Now())),
                ("error", models.TextField(blank=True, default="")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CONFIRMED", "The booking is confirmed"),
                            ("CANCELLED", "The booking, or some of its seats, were cancelled"),
                            ("SEATS_CHANGED", "Staff moved the buyer to other seats"),
                            ("SHOW_MOVED", "The show starts at another time"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("earlier_start", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="HistoryRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_until", models.DateTimeField()),
                ("reread_until", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="earlierstart",
            index=models.Index(fields=["until"], name="earlier_starts_by_end"),
        ),
        migrations.AddField(
            model_name="bookingemail",
            name="booking",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="emails", to="cinema.booking"
            ),
        ),
        migrations.AddIndex(
            model_name="bookingemail",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["due_at"], name="booking_emails_by_due_time"
            ),
        ),
        migrations.AddIndex(
            model_name="bookingemail",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False)), fields=["ended_at"], name="ended_booking_emails"
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingemail",
            constraint=models.UniqueConstraint(
                fields=("booking", "kind", "at"), name="one_email_per_change_of_a_booking"
            ),
        ),
        migrations.RunPython(begin_now, migrations.RunPython.noop),
    ]
