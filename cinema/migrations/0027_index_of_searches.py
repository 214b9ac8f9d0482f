"""An index with which PostgreSQL finds parts of words in titles (`cinema.catalog.search`)."""

from typing import Any

from django.db import migrations

# The column is not in the model, because SQLite has none.
CREATE = """
CREATE FUNCTION cinema_text_parts_1(whole text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_agg(substr(whole, start, size)))
    FROM generate_series(1, length(whole)) AS start, generate_series(1, 3) AS size
$$;
ALTER TABLE cinema_movie
    ADD COLUMN search_parts tsvector GENERATED ALWAYS AS (cinema_text_parts_1(search_text)) STORED;
CREATE INDEX movies_by_search_parts ON cinema_movie USING gin (search_parts) WITH (fastupdate = off);
ANALYZE cinema_movie;
"""
DROP = """
ALTER TABLE cinema_movie DROP COLUMN search_parts;
DROP FUNCTION cinema_text_parts_1;
"""


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("cinema", "0026_row_labels_and_numbering_of_seats")]

    operations = [migrations.RunPython(create, drop)]
