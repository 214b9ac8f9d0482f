from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0012_catalog_field_help_texts"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="refreshtoken", name="live_chain"),
        migrations.RenameField(model_name="refreshtoken", old_name="chain", new_name="family"),
        migrations.AddIndex(
            model_name="refreshtoken",
            index=models.Index(condition=models.Q(("revoked", None)), fields=["family"], name="live_token_family"),
        ),
        migrations.AlterField(
            model_name="refreshtoken",
            name="created",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
    ]
