"""The part of the schema for movies, theaters, screens and shows."""

from cinema import models
from schema.catalog.mutations import CatalogMutations
from schema.catalog.problems import PROBLEM_HANDLERS
from schema.catalog.queries import CatalogQueries
from schema.catalog.seat_maps import SHOW_SEATS
from schema.engine.slices import Slice

catalog = Slice(
    queries=CatalogQueries,
    mutations=CatalogMutations,
    problems=PROBLEM_HANDLERS,
    nodes={
        "Movie": lambda context: models.Movie.objects.all(),
        "Theater": lambda context: models.Theater.objects.all(),
        "Screen": lambda context: models.Screen.objects.all(),
        "Show": lambda context: models.Show.objects.with_details(),
    },
    other_nodes={"ShowSeat": SHOW_SEATS},
)
