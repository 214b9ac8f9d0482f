"""Pages that copy days of the schedule and repeat a show: a form, a preview with conflicts, and a confirmation."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateformat import format as date_format
from unfold.admin import ModelAdmin
from unfold.decorators import action

from cinema.admin import local_times
from cinema.admin.base import staff
from cinema.admin.bulk_forms import DAY, BulkForm, CopyForm, RepeatForm
from cinema.admin.price_forms import PRICE_FIELDS
from cinema.admin.schedule import selection
from cinema.catalog import bulk_scheduling
from cinema.catalog.bulk_scheduling import Outcome, Pricing, Report
from cinema.catalog.copying import DaysCopy, Repetition
from cinema.catalog.prices import currency_of
from cinema.catalog.time_zones import day_of
from cinema.core.errors import CinemaError
from cinema.core.text import counted

# Messages name at most this many conflicts.
MAX_NAMED = 5


class BulkPages(ModelAdmin):
    """The pages of `ShowAdmin` that schedule many shows at once."""

    def has_add_shows_permission(self, request: HttpRequest, obj: object = None) -> bool:
        may_add: bool = self.has_add_permission(request)
        return may_add

    @action(description="Copy a day or week", icon="content_copy", url_path="copy", permissions=["add_shows"])
    def copy_days(self, request: HttpRequest) -> HttpResponse:
        """Copy shows to other dates. The query can have the theater and the day, as for the schedule."""
        theater, day = selection(request)
        form = CopyForm(_sent(request), initial={"from_theater": theater, "first_day": day, "to": day + DAY})
        return self._bulk_page(request, form, title="Copy a day or week", back=reverse("admin:cinema_show_schedule"))

    @action(description="Repeat", icon="event_repeat", url_path="repeat", permissions=["add_shows"])
    def repeat_show(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Add the show again on other days or at other times."""
        show = self.get_object(request, object_id)
        if show is None:
            return redirect("admin:cinema_show_changelist")
        theater = show.screen.theater
        day = day_of(show.starts_at, theater.time_zone, ends_at=theater.day_ends_at)
        form = RepeatForm(_sent(request), initial=RepeatForm.defaults(show, day), show=show)
        title = f"Repeat {show.movie}, {show.screen}"
        return self._bulk_page(request, form, title=title, back=reverse("admin:cinema_show_change", args=[show.pk]))

    def _bulk_page(self, request: HttpRequest, form: BulkForm, *, title: str, back: str) -> HttpResponse:
        preview = None
        if form.has_valid_entries():
            wanted, pricing = form.request(), form.pricing()
            if form.is_valid() and "confirmed" in request.POST:
                try:
                    return self._add_all(request, form, wanted, pricing)
                except CinemaError as refusal:
                    form.refuse(refusal)
            preview = _preview(form, wanted, pricing)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": self.media + form.media,
            "form": form,
            "back": back,
            "preview": preview,
        }
        return TemplateResponse(request, "cinema/admin/bulk_scheduling.html", context)

    def _add_all(
        self, request: HttpRequest, form: BulkForm, wanted: DaysCopy | Repetition, pricing: Pricing
    ) -> HttpResponse:
        report = bulk_scheduling.schedule_all(
            wanted,
            pricing,
            skip_conflicts="skip_conflicts" in request.POST,
            by=staff(request),
            key=request.POST.get("key", ""),
        )
        if report is None:
            self.message_user(request, "This form was already sent. Its shows were added only once.", messages.INFO)
            return redirect("admin:cinema_show_changelist")
        LogEntry.objects.log_actions(staff(request).pk, report.added, ADDITION, "Added with other shows.")
        self._report_added(request, report)
        theater = form.theater()
        first = report.added[0]
        assert theater is not None
        day = day_of(first.starts_at, theater.time_zone, ends_at=theater.day_ends_at)
        return redirect(reverse("admin:cinema_show_schedule", query={"theater": theater.pk, "day": day}))

    def _report_added(self, request: HttpRequest, report: Report) -> None:
        self.message_user(request, f"Added {counted(len(report.added), 'show')}.", messages.SUCCESS)
        if report.already_scheduled:
            self.message_user(request, f"Already scheduled: {len(report.already_scheduled)}.", messages.INFO)
        for outcome in report.conflicts[:MAX_NAMED]:
            self.message_user(request, f"Not added: {_name(outcome)}. {outcome.conflict}", messages.WARNING)
        others = len(report.conflicts) - MAX_NAMED
        if others > 0:
            self.message_user(request, f"Not added: {counted(others, 'other show')}.", messages.WARNING)


def _sent(request: HttpRequest) -> QueryDict | None:
    """The form as sent. The preview is requested with GET, so that staff can go back to it and reload it."""
    if request.method == "POST":
        return request.POST
    return request.GET if "preview" in request.GET else None


def _preview(form: BulkForm, wanted: DaysCopy | Repetition, pricing: Pricing) -> dict[str, Any] | None:
    """The template context of the preview. None if the request is refused as a whole."""
    try:
        # Without the entered prices, so that the fields of missing prices remain.
        report = bulk_scheduling.preview(wanted, Pricing(pricing.price_list_id))
    except CinemaError as refusal:
        form.refuse(refusal)
        return None
    theater = form.theater()
    return {
        "report": report,
        "days": _by_day(report.outcomes),
        "missing": [form[PRICE_FIELDS[category]] for category in report.unpriced],
        "currency": currency_of(theater) if theater else "",
        "key": form.new_key(),
    }


def _by_day(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The outcomes by calendar day, with their local times as text."""
    days = []
    for day, group in groupby(outcomes, key=lambda outcome: outcome.planned.local_start.date()):
        of_the_day = list(group)
        rows = [{"outcome": each, "starts": _time(each), "show": each.planned.source} for each in of_the_day]
        days.append({"date": day, "rows": rows, "conflicts": sum(bool(each.conflict) for each in of_the_day)})
    return days


def _time(outcome: Outcome) -> str:
    if outcome.starts_at is None:
        return f"{outcome.planned.local_start:%H:%M}"
    return local_times.time_of_day(outcome.starts_at, outcome.planned.source.screen.theater)


def _name(outcome: Outcome) -> str:
    source = outcome.planned.source
    day = date_format(outcome.planned.local_start, "D, M j")
    return f"{source.movie}, {source.screen.name}, {day}, {_time(outcome)}"
