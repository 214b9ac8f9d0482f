"""Instances of rows are equal to those that Django would create."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from cinema.core.rows import Row
from cinema.models import Booking, Movie, Show
from tests import situations

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Movie, Show, Booking])
def test_the_same_attributes(model: type[Any]) -> None:
    situations.a_booking("A1")

    read = model.objects.get()
    values = model.objects.values_list(*(field.attname for field in model._meta.concrete_fields)).get()

    assert isinstance(read, Row)
    assert {**vars(read), "_state": None} == {**vars(model(*values)), "_state": None}


def test_a_fetched_row_can_be_changed_and_saved() -> None:
    movie = Movie.objects.get(pk=situations.a_movie().pk)
    movie.title = "Another Title"
    movie.save()

    movie.refresh_from_db()

    assert (movie.title, Movie.objects.count()) == ("Another Title", 1)


def test_deferred_fields_are_read_when_they_are_used(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    show = situations.a_show()

    with django_assert_num_queries(1):
        read = Show.objects.only("movie").get(pk=show.pk)
    assert read.get_deferred_fields() == {field.attname for field in Show._meta.concrete_fields} - {"id", "movie_id"}
    with django_assert_num_queries(1):
        assert read.starts_at == show.starts_at


def test_related_rows_are_read_in_the_same_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    movie, buyer = situations.a_movie(), situations.a_user()
    booking = situations.a_booking("A1", show=situations.a_show(movie=movie), by=buyer)

    with django_assert_num_queries(1):
        read = Booking.objects.with_details().get(pk=booking.pk)
        assert read.show.movie == movie

    with django_assert_num_queries(1):
        assert read.user == buyer
