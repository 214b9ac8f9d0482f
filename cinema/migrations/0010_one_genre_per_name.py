from django.db import migrations, models


class Migration(migrations.Migration):
    # Apart from 0009: PostgreSQL does not alter a table in the transaction that has just moved its rows.
    dependencies = [
        ("cinema", "0009_genre_name_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="genre",
            name="name",
            field=models.CharField(max_length=50),
        ),
        migrations.AddConstraint(
            model_name="genre",
            constraint=models.UniqueConstraint(
                models.F("name_key"),
                name="one_genre_per_name",
                violation_error_code="unique",
                violation_error_message="There is already a genre with this name.",
            ),
        ),
    ]
