"""Actions on selected shows that ask first."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from cinema.catalog.models import Show

# The query parameters of a page that asks: the action, and the keys of the shows.
ASK, SHOWS = "ask", "shows"

Question = Callable[[HttpRequest, QuerySet[Show], str], HttpResponse]


class ConfirmedActions(ModelAdmin):
    """The page that asks is requested with GET, so that staff can go back to it and reload it.

    It has the address of the list, whose filters stay in the query.
    """

    def questions(self) -> dict[str, Question]:
        """The pages that ask, by the names of their actions. The last argument is the address of the list."""
        return {}

    def ask(self, request: HttpRequest, action: str, shows: QuerySet[Show]) -> HttpResponse:
        """Redirect to the page of an action for these shows."""
        query = request.GET.copy()
        query[ASK], query[SHOWS] = action, ",".join(str(show.pk) for show in shows)
        return redirect(f"{request.path}?{query.urlencode()}")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if request.method != "GET" or ASK not in request.GET:
            return super().changelist_view(request, extra_context)
        if not self.has_change_permission(request):
            raise PermissionDenied
        query = request.GET.copy()
        action, keys = str(query.pop(ASK)[-1]), query.pop(SHOWS, [""])[-1]
        back = f"{request.path}?{query.urlencode()}"
        shows = self.get_queryset(request).filter(pk__in=_keys(str(keys))).order_by(*self.ordering or ())
        question = self.questions().get(action)
        return question(request, shows, back) if question and shows else redirect(back)


def _keys(text: str) -> set[int]:
    return {int(key) for key in text.split(",") if key.isascii() and key.isdigit() and len(key) < len(str(2**63))}
