import django.db.models
from django.db import migrations, models

import cinema.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0007_queue_errors"),
    ]

    operations = [
        migrations.AddField(
            "idempotencykey",
            "result_type",
            models.CharField(max_length=100, default="cinema.booking"),
            preserve_default=False,
        ),
        migrations.AddField("idempotencykey", "result_id", models.BigIntegerField(null=True)),
        migrations.RunSQL(
            "UPDATE cinema_idempotencykey SET result_id = booking_id",
            "UPDATE cinema_idempotencykey SET booking_id = result_id",
        ),
        migrations.AlterField("idempotencykey", "result_id", models.BigIntegerField()),
        migrations.RemoveField("idempotencykey", "booking"),
        migrations.AlterField("idempotencykey", "created_at", models.DateTimeField(db_default=cinema.core.clock.Now())),
    ]
