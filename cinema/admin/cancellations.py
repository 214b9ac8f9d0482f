"""Actions that cancel shows with their bookings, after a confirmation."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.decorators import action
from unfold.enums import ActionVariant

from cinema.admin import local_times
from cinema.admin.after_saving import BACK, page_of, schedule_of
from cinema.admin.base import staff
from cinema.admin.confirmed_actions import ConfirmedActions, Question
from cinema.booking.models import Booking, BookingStatus, Ticket
from cinema.booking.rules import rules
from cinema.catalog import scheduling
from cinema.catalog.models import Show
from cinema.core import clock
from cinema.core.errors import CinemaError
from cinema.core.text import counted

CANCEL = "cancel_selected"


class Cancellations(ConfirmedActions):
    """The actions of `ShowAdmin`."""

    @action(description="Cancel selected shows", permissions=["change"])
    def cancel_selected(self, request: HttpRequest, shows: QuerySet[Show]) -> HttpResponse | None:
        if "confirmed" not in request.POST:
            return self.ask(request, CANCEL, shows)
        self._cancel(request, shows)
        return None

    def questions(self) -> dict[str, Question]:
        return super().questions() | {CANCEL: self._ask_to_cancel}

    @action(
        description="Cancel this show",
        icon="event_busy",
        url_path="cancel",
        permissions=["change"],
        variant=ActionVariant.DANGER,
    )
    def cancel_this_show(self, request: HttpRequest, object_id: str) -> HttpResponse:
        show = self.get_object(request, object_id)
        if show is None:
            return redirect("admin:cinema_show_changelist")
        if request.method != "POST" and not is_final(show):
            back = page_of(request, show)
            return self._confirm_cancellation(request, [show], back=back, send_to=request.get_full_path())
        # A show that cannot be cancelled is only reported.
        self._cancel(request, [show])
        return redirect(schedule_of(show) if BACK in request.GET else page_of(request, show))

    def _ask_to_cancel(self, request: HttpRequest, shows: QuerySet[Show], back: str) -> HttpResponse:
        if all(map(is_final, shows)):
            # Shows that cannot be cancelled are only reported.
            self._cancel(request, shows)
            return redirect(back)
        return self._confirm_cancellation(request, shows, back=back, send_to=back)

    def _confirm_cancellation(
        self, request: HttpRequest, shows: Iterable[Show], *, back: str, send_to: str
    ) -> HttpResponse:
        open_shows = [show for show in shows if not is_final(show)]
        # Held seats are not booked, and the customers who hold them get no email.
        booked = Ticket.objects.live().filter(show__in=open_shows, booking__status=BookingStatus.CONFIRMED)
        by_show = booked.order_by().values("show").annotate(bookings=Count("booking", distinct=True), seats=Count("pk"))
        losses = {each["show"]: each for each in by_show}
        rows = [
            {
                "show": show,
                "starts": local_times.start_of(show),
                "loss": losses.get(show.pk),
                "is_open": show in open_shows,
            }
            for show in shows
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Cancel shows",
            "opts": self.opts,
            "media": self.media,
            "rows": rows,
            "count": len(open_shows),
            "sends_emails": bool(losses) and rules().sends_emails,
            "back": back,
            "send_to": send_to,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "cinema/admin/cancel_shows.html", context)

    def _cancel(self, request: HttpRequest, shows: Iterable[Show]) -> None:
        for show in list(shows):
            name = f"{show.movie}, {local_times.start_of(show)}"
            if show.cancelled_at is not None:
                self.message_user(request, f"Already cancelled: {name}.", messages.INFO)
                continue
            try:
                cancelled = scheduling.cancel(show_id=show.pk, by=staff(request))
            except CinemaError as error:
                self.message_user(request, f"{name}: {error}", messages.ERROR)
            else:
                self.log_change(request, show, "Cancelled.")
                self.message_user(request, f"Cancelled{_with_bookings(cancelled)}: {name}.", messages.SUCCESS)


def is_final(show: Show) -> bool:
    """Whether the show can no longer be changed or cancelled."""
    return show.cancelled_at is not None or show.ends_at <= clock.now()


def _with_bookings(cancelled: Show) -> str:
    """How many bookings were cancelled with the show, such as " with 2 bookings". Empty if there were none."""
    count = Booking.objects.booked().filter(show=cancelled, cancelled_at__gte=cancelled.cancelled_at).count()
    return f" with {counted(count, 'booking')}" if count else ""
