"""Searches of lists that have few rows."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest

from cinema.catalog import search
from cinema.core.text import searchable


class FoldedSearch:
    """For an admin whose `search_fields` are names: ignores case, accents and punctuation, as searches of movies do.

    It reads the names of all rows, because databases do not ignore accents.
    """

    search_fields: ClassVar[Sequence[str]]

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        words = search.words(search_term)
        if not words:
            return queryset, False
        rows = queryset.order_by().values_list("pk", *self.search_fields)
        found = [pk for pk, *names in rows if all(word in searchable(" ".join(names)) for word in words)]
        return queryset.filter(pk__in=found), False
