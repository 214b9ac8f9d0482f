"""Order theaters by the plain letters of their names."""

from typing import Any

from django.db import migrations

import cinema.core.fields
from cinema.core.text import folded


def set_sort_keys(apps: Any, schema_editor: Any) -> None:
    theaters = apps.get_model("cinema", "Theater").objects.using(schema_editor.connection.alias)
    for theater in theaters.all():
        theater.sort_key = folded(theater.name)[:200]
        theater.save(update_fields=["sort_key"])


class Migration(migrations.Migration):
    dependencies = [("cinema", "0029_limits_of_holds")]

    operations = [
        migrations.AddField(
            "theater",
            "sort_key",
            cinema.core.fields.CodePointOrderedField(db_default="", editable=False, max_length=200),
        ),
        migrations.RunPython(set_sort_keys, migrations.RunPython.noop, elidable=True),
    ]
