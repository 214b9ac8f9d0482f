"""The addresses that holds came from, and a function that checks the limits of holds, for PostgreSQL only.

See `HOLD` in `cinema.booking.sql`. As for the function that sells seats, a change needs a new function with the next
number in its name.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import cinema.core.clock

# It returns no rows, and changes nothing, if a limit is exceeded or the seats cannot be sold exactly as wanted. Its
# caller then finds out why. The locks are taken in the order of `cinema.booking.locks`. After each of them, statements
# have new snapshots, so the counts include what other calls of the user and from the address have committed.
# `picked`: the caller has picked the seats, and only one call at a time may pick seats of a show. If another has the lock
# for picking, this call must wait for its turn before it picks, so nothing is held here.
CREATE = """
CREATE FUNCTION cinema_hold_1(
    wanted bigint[], buyer bigint, of_show bigint, show_version xid, seat_limit integer, hold_limit integer,
    closing interval, held_for interval, new_status text, new_reference text, new_currency text,
    call_key text, call_fingerprint text,
    from_client text, client_limit integer, held_limit integer, release_limit integer, release_period interval,
    picked boolean
)
RETURNS TABLE (sold_seat bigint, sold_ticket bigint, sold_price numeric, sold_booking bigint, sold_at timestamptz)
LANGUAGE plpgsql VOLATILE ROWS 1
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    already_held bigint;
BEGIN
    IF wanted IS NULL THEN
        RETURN;
    END IF;

    PERFORM FROM cinema_user WHERE id = buyer FOR NO KEY UPDATE;

    IF from_client IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(from_client, 0));
        SELECT COUNT(*) INTO already_held
        FROM cinema_holdorigin AS origin JOIN cinema_ticket AS ticket ON ticket.booking_id = origin.booking_id
        WHERE origin.client = from_client AND ticket.released_at IS NULL AND ticket.expires_at > clock_timestamp();
        IF already_held + CARDINALITY(wanted) > client_limit THEN
            RETURN;
        END IF;
    END IF;

    IF held_limit IS NOT NULL THEN
        SELECT COUNT(*) INTO already_held
        FROM cinema_booking AS booking JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id
        WHERE booking.user_id = buyer AND booking.expires_at > clock_timestamp()
            AND ticket.released_at IS NULL AND ticket.expires_at > clock_timestamp();
        IF already_held + CARDINALITY(wanted) > held_limit THEN
            RETURN;
        END IF;
    END IF;

    IF EXISTS (
        SELECT FROM cinema_booking AS booking JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id
        WHERE booking.user_id = buyer AND booking.show_id = of_show AND ticket.seat_id = ANY(wanted)
            AND ticket.expires_at IS NOT NULL
            AND COALESCE(ticket.released_at, ticket.expires_at) <= clock_timestamp()
            AND COALESCE(ticket.released_at, ticket.expires_at) > clock_timestamp() - release_period
        GROUP BY ticket.seat_id
        HAVING COUNT(*) >= release_limit
    ) THEN
        RETURN;
    END IF;

    IF picked THEN
        PERFORM FROM cinema_show WHERE id = of_show FOR NO KEY UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    FOR sold_seat, sold_ticket, sold_price, sold_booking, sold_at IN
        SELECT sold.* FROM cinema_sell_1(
            wanted, buyer, of_show, show_version, seat_limit, hold_limit, closing, held_for,
            new_status, new_reference, new_currency, call_key, call_fingerprint
        ) AS sold
    LOOP
        RETURN NEXT;
    END LOOP;
    IF from_client IS NOT NULL AND sold_booking IS NOT NULL THEN
        INSERT INTO cinema_holdorigin (booking_id, client) VALUES (sold_booking, from_client);
    END IF;
END
$$
"""


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION cinema_hold_1")


class Migration(migrations.Migration):
    dependencies = [("cinema", "0028_trailer_and_cast_of_movies")]

    operations = [
        migrations.CreateModel(
            "HoldOrigin",
            fields=[
                (
                    "booking",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="origin",
                        serialize=False,
                        to="cinema.booking",
                    ),
                ),
                ("client", models.CharField(editable=False, max_length=64)),
                ("created_at", models.DateTimeField(db_default=cinema.core.clock.Now(), editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["client"], name="hold_origins_by_client"),
                    models.Index(fields=["created_at"], name="hold_origins_by_time"),
                ]
            },
        ),
        migrations.RunPython(create, drop),
    ]
