"""Movies, theaters with their screens and seats, and shows."""

from cinema.catalog.models.movies import MAX_MOVIE_MINUTES, Genre, Movie, PosterURLField
from cinema.catalog.models.shows import ListPrice, Price, PriceList, Show, ShowFormat, ShowQuerySet
from cinema.catalog.models.theaters import Screen, Seat, SeatQuerySet, Theater, new_plan_version, validate_day_end

__all__ = [
    "MAX_MOVIE_MINUTES",
    "Genre",
    "ListPrice",
    "Movie",
    "PosterURLField",
    "Price",
    "PriceList",
    "Screen",
    "Seat",
    "SeatQuerySet",
    "Show",
    "ShowFormat",
    "ShowQuerySet",
    "Theater",
    "new_plan_version",
    "validate_day_end",
]
