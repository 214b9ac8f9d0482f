"""Rules that a client needs to know in advance, and the genres."""

from datetime import timedelta

import pytest

from cinema.catalog import movies
from cinema.models import Genre
from tests import situations
from tests.conftest import Api
from tests.rules import ChangeRules

CINEMA = """{
  cinema {
    seatsPerPerson openHolds openHoldsWithoutVerifiedEmail heldSeatsWithoutVerifiedEmail holdMinutes holdMinutesAtMost
  }
}"""


def test_the_rules_of_the_cinema(api: Api, change_rules: ChangeRules) -> None:
    assert api(CINEMA).data["cinema"] == {
        "seatsPerPerson": 10,
        "openHolds": 5,
        "openHoldsWithoutVerifiedEmail": None,
        "heldSeatsWithoutVerifiedEmail": None,
        "holdMinutes": 8,
        "holdMinutesAtMost": 20,
    }
    change_rules(
        seats_per_user_and_show=4,
        open_holds_per_user=2,
        open_holds_per_unverified_user=1,
        held_seats_per_unverified_user=3,
        hold_lifetime=timedelta(seconds=150),
        hold_lifetime_at_most=timedelta(hours=1),
    )
    assert api(CINEMA).data["cinema"] == {
        "seatsPerPerson": 4,
        "openHolds": 2,
        "openHoldsWithoutVerifiedEmail": 1,
        "heldSeatsWithoutVerifiedEmail": 3,
        "holdMinutes": 2,
        "holdMinutesAtMost": 60,
    }


@pytest.mark.both
def test_genres_of_movies_are_listed_by_name(api: Api) -> None:
    situations.a_movie(genres=["Science Fiction", "drama"])
    removed = situations.a_movie(genres=["Drama", "Action", "Western"])
    movies.change(movie_id=removed.pk, genres=["Action"])

    assert Genre.objects.filter(name="Western").exists()
    assert api("{ genres }").data == {"genres": ["Action", "drama", "Science Fiction"]}
