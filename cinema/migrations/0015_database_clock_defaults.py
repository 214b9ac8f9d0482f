import cinema.core.clock
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0014_seat_plan_versions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="queuedmail",
            name="created_at",
            field=models.DateTimeField(db_default=cinema.core.clock.Now()),
        ),
        migrations.AlterField(
            model_name="queuedmail",
            name="due_at",
            field=models.DateTimeField(db_default=cinema.core.clock.Now()),
        ),
        migrations.AlterField(
            model_name="refreshtoken",
            name="created",
            field=models.DateTimeField(db_default=cinema.core.clock.Now(), editable=False),
        ),
        migrations.AlterField(
            model_name="user",
            name="date_joined",
            field=models.DateTimeField(db_default=cinema.core.clock.Now(), verbose_name="date joined"),
        ),
    ]
