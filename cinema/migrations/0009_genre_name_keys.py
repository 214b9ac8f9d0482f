"""Give each genre the key that makes names in any case equal, and merge the genres that are then the same."""

import unicodedata

from django.db import migrations, models


def caseless(text):
    # As `cinema.core.text.caseless` was when this was written.
    folded_case = unicodedata.normalize("NFD", text).casefold()
    return " ".join(unicodedata.normalize("NFC", folded_case).split())


def set_keys(apps, schema_editor):
    genres = apps.get_model("cinema", "Genre").objects.using(schema_editor.connection.alias)
    links = apps.get_model("cinema", "Movie").genres.through.objects.using(schema_editor.connection.alias)
    kept = {}
    for genre in genres.order_by("pk"):
        genre.name_key = caseless(genre.name)
        first = kept.setdefault(genre.name_key, genre)
        if first is genre:
            genre.save(update_fields=["name_key"])
            continue
        movies_of_first = links.filter(genre=first.pk).values("movie")
        links.filter(genre=genre.pk).exclude(movie__in=movies_of_first).update(genre=first.pk)
        links.filter(genre=genre.pk).delete()
        genre.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0008_idempotency_of_any_result"),
    ]

    operations = [
        migrations.AddField(
            model_name="genre",
            name="name_key",
            field=models.TextField(default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(set_keys, migrations.RunPython.noop, elidable=True),
    ]
