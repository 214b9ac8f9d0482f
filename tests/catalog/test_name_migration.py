from collections.abc import Iterator
from typing import Any

import pytest

from cinema.catalog import queries
from cinema.models import Genre, Movie, Theater
from tests.catalog.test_genre_migration import migrate, migrate_to_newest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def apps_before() -> Iterator[Any]:
    yield migrate([("cinema", "0018_changes_of_shows")])
    migrate_to_newest()


@pytest.mark.deep
def test_the_migration_normalizes_names_unless_they_would_be_the_same(apps_before: Any) -> None:
    old = {name: apps_before.get_model("cinema", name).objects for name in ("Movie", "Genre", "Theater")}
    for title in ("Ame\u0301lie", "Ocean's", "バス"):
        old["Movie"].create(title=title, search_text="ハス", duration_minutes=100)
    old["Genre"].create(name="E\u0301popée", name_key="épopée")
    for name in ("Odéon", "Ode\u0301on", "Ci\u0301rculo"):
        old["Theater"].create(name=name, city="Lisbon", time_zone="UTC")

    migrate_to_newest()

    assert list(Movie.objects.order_by("pk").values_list("title", "search_text", "sort_key")) == [
        ("Amélie", "amelie", "amelie"),
        ("Ocean's", "oceans\n ocean s", "oceans\n ocean s"),
        ("バス", "バス", "バス"),
    ]
    assert Genre.objects.get().name == "Épopée"
    assert list(Theater.objects.order_by("pk").values_list("name", flat=True)) == ["Odéon", "Ode\u0301on", "Círculo"]
    assert [theater.name for theater in queries.theaters()] == ["Círculo", "Odéon", "Ode\u0301on"]
