"""Kinds of seat events, because staff can move customers to other seats and cancel their seats."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0024_price_lists"),
    ]

    operations = [
        migrations.AlterField(
            model_name="booking",
            name="status",
            field=models.CharField(
                choices=[
                    ("HELD", "The seats are reserved until the hold is confirmed or expires"),
                    ("CONFIRMED", "The seats are booked"),
                    ("CANCELLED", "Cancelled by the buyer, by staff or with the show"),
                    ("EXPIRED", "The hold expired before it was confirmed"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="ticketevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("HELD", "The seat was held for a buyer"),
                    ("EXTENDED", "The hold was extended"),
                    ("CONFIRMED", "The booking was confirmed"),
                    ("CANCELLED", "Cancelled by the buyer, by staff or with the show"),
                    ("EXPIRED", "The hold expired"),
                    ("BLOCKED", "Blocked from sale by staff"),
                    ("UNBLOCKED", "Unblocked by staff, or removed from the seat plan"),
                    ("MOVED_OUT", "Released, because staff moved its buyer to another seat"),
                    ("MOVED_IN", "Booked, because staff moved its buyer to this seat"),
                ],
                max_length=10,
            ),
        ),
    ]
