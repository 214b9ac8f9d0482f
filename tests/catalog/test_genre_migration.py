from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cinema.models import Genre, Movie

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("cinema", "0008_idempotency_of_any_result")]


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Migrate the test database to these migrations, and return the models of that state."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def apps_before() -> Iterator[Any]:
    yield migrate(BEFORE)
    migrate_to_newest()


def migrate_to_newest() -> None:
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.mark.deep
def test_the_migration_merges_genres_with_the_same_name(apps_before: Any) -> None:
    old_genre, old_movie = apps_before.get_model("cinema", "Genre"), apps_before.get_model("cinema", "Movie")
    first, second, third, other = (
        old_genre.objects.create(name=name) for name in ("Ärger", "ÄRGER", "a\u0308rger", "Drama")
    )
    for title, of in {"One": [first, second], "Two": [second, third], "Three": [third, other], "Four": []}.items():
        movie = old_movie.objects.create(title=title, search_text=title.lower(), duration_minutes=100)
        movie.genres.set(of)

    migrate_to_newest()

    assert sorted(Genre.objects.values_list("pk", "name", "name_key")) == [
        (first.pk, "Ärger", "ärger"),
        (other.pk, "Drama", "drama"),
    ]
    genres = {movie.title: sorted(genre.name for genre in movie.genres.all()) for movie in Movie.objects.all()}
    assert genres == {"One": ["Ärger"], "Two": ["Ärger"], "Three": ["Drama", "Ärger"], "Four": []}
