"""Admin pages of a show's seats: the drawn auditorium, moving customers to other seats, and the list of seats."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action

from cinema.admin import auditorium, local_times, seat_lists, show_history
from cinema.admin.auditorium import Access
from cinema.admin.base import staff
from cinema.booking import blocks, queries, seating
from cinema.booking.models import Ticket
from cinema.booking.rules import rules
from cinema.catalog.layouts import normalize_label
from cinema.catalog.models import Show
from cinema.core import clock
from cinema.core.errors import CinemaError
from cinema.core.text import counted, counted_each, join_words

# Messages name at most this many seats.
MAX_NAMED = 12
# The query parameter of links from a booking: its seats are selected. The confirmation leads back to the booking.
BOOKING = "booking"
# The query parameter with the seats that were chosen before a change was refused. They stay selected.
CHOSEN = "chosen"
SEATS_CHANGED = "These seats have changed in the meantime. Select seats again."
# Seats cannot be selected on the page of a booking, which this message leads to.
BOOKING_CHANGED = "The seats of this booking have changed in the meantime."
REFUSALS = {
    "cancel": "Select booked or held seats to cancel.",
    "move": "Select booked seats. Seats that are only held cannot be moved.",
}


class ShowSeatsPages(ModelAdmin):
    """The part of the admin of shows that is about seats. Every page requires the permission to view shows."""

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "seats/list/": (self.seat_list, "cinema_show_seat_list"),
            "seats/list.csv": (self.seat_list_csv, "cinema_show_seat_list_csv"),
        }
        own = [
            path(f"<path:object_id>/{route}", self.admin_site.admin_view(view), name=name)
            for route, (view, name) in pages.items()
        ]
        return [*own, *super().get_urls()]

    @action(description="Seats", icon="event_seat", url_path="seats", permissions=["view"])
    def seats(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The auditorium. A POST blocks, unblocks, cancels or moves the selected seats.

        Cancelling and moving have a second page, with `do` and `tickets` in the query. It is requested with GET, so
        that staff can go back to it and reload it.
        """
        show, access = self._show_and_access(request, object_id)
        tickets = auditorium.tickets_of(show)
        if request.method == "POST":
            return self._change(request, show, tickets, access)
        if access.change_bookings and request.GET.get("do") in {"cancel", "move"}:
            return self._second_page(request, show, tickets, access)
        listed = auditorium.tickets_to_list(show) if show.cancelled_at else tickets
        wanted = request.GET.get(BOOKING, "")
        selected = {t.pk for t in tickets if wanted and str(t.booking_id) == wanted and access.change_bookings}
        return self._page(
            request,
            "show_seats.html",
            show,
            access=access,
            rows=auditorium.draw(show, tickets, access, selected=selected, labels=_chosen_labels(request)),
            customers=auditorium.by_booking(listed, access) if access.bookings else [],
        )

    def seat_list(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The list of booked, held and blocked seats, for printing. Of a cancelled show, those it had until then."""
        show, access = self._show_and_access_to_bookings(request, object_id)
        rows = seat_lists.rows(auditorium.tickets_to_list(show), access)
        return self._page(request, "seat_list.html", show, columns=seat_lists.columns(access), rows=rows)

    def seat_list_csv(self, request: HttpRequest, object_id: str) -> HttpResponse:
        show, access = self._show_and_access_to_bookings(request, object_id)
        return seat_lists.csv_file(show, auditorium.tickets_to_list(show), access)

    # ---------------------------------------------------------------- changes

    def _change(self, request: HttpRequest, show: Show, tickets: Sequence[Ticket], access: Access) -> HttpResponse:
        if show.cancelled_at is not None:
            # The page was opened before. What it offered is no longer a matter of permissions.
            self._refuse(request, "Nothing was changed, because this show has been cancelled.")
            return redirect(_origin(request, show))
        labels, ticket_ids = request.POST.getlist("seat"), _keys(request.POST.getlist("ticket"))
        match request.POST.get("do"):
            case "block" | "unblock" as do if access.block:
                return self._block(request, show, labels, do=do, has_sold=bool(ticket_ids))
            case "cancel" | "move" as do if access.change_bookings:
                chosen = _chosen(tickets, ticket_ids, do)
                is_confirmed = "confirmed" in request.POST
                if not chosen and is_confirmed:
                    return self._changed_meanwhile(request, show)
                if not chosen:
                    self._refuse(request, REFUSALS[do])
                    return redirect(_seats(show))
                if not is_confirmed:
                    return redirect(second_page(show, do, ticket_ids))
                return (self._cancel_seats if do == "cancel" else self._move)(request, show, chosen)
            case _:
                raise PermissionDenied

    def _block(
        self, request: HttpRequest, show: Show, labels: Sequence[str], *, do: str, has_sold: bool
    ) -> HttpResponse:
        if has_sold or not labels:
            self._refuse(request, f"To {do} seats, select only seats without customers.")
            return redirect(_seats(show))
        change, done = (blocks.block, "Blocked") if do == "block" else (blocks.unblock, "Unblocked")
        try:
            change(show_id=show.pk, labels=labels, by=staff(request))
        except CinemaError as error:
            self._refuse(request, error)
            return redirect(_seats(show, chosen=labels))
        self._report(request, show, f"{done}: {_named(labels)}.")
        return redirect(_seats(show))

    def _second_page(self, request: HttpRequest, show: Show, tickets: Sequence[Ticket], access: Access) -> HttpResponse:
        """The confirmation of a cancellation, or the choice of other seats."""
        do = request.GET["do"]
        chosen = _chosen(tickets, _keys(request.GET.get("tickets", "").split(",")), do)
        if not chosen:
            return self._changed_meanwhile(request, show)
        customers = auditorium.by_booking(chosen, access)
        if do == "cancel":
            # The end of a hold is not announced by email.
            is_any_booked = any(auditorium.state_of(ticket) == auditorium.BOOKED for ticket in chosen)
            return self._page(
                request,
                "cancel_seats.html",
                show,
                customers=customers,
                tickets=chosen,
                back=_origin(request, show),
                sends_emails=is_any_booked and rules().sends_emails,
            )
        moving = {ticket.pk: ticket for ticket in chosen}
        rows = auditorium.draw_move(show, tickets, moving, labels=_chosen_labels(request))
        return self._page(request, "move_seats.html", show, rows=rows, customers=customers, tickets=chosen)

    def _cancel_seats(self, request: HttpRequest, show: Show, chosen: Sequence[Ticket]) -> HttpResponse:
        try:
            changed = seating.cancel(show_id=show.pk, ticket_ids=[t.pk for t in chosen], by=staff(request))
        except CinemaError as error:
            self._refuse(request, error)
        else:
            if not changed:
                # A customer has cancelled them, or a hold has expired, since this request has read them.
                return self._changed_meanwhile(request, show)
            holds = sum(booking.confirmed_at is None for booking in changed)
            changes = counted_each({"booking": len(changed) - holds, "hold": holds})
            done = f"Cancelled: {_labels(chosen)}, in {changes}."
            self._report(request, show, done, recorded=show_history.cancellations(chosen))
        return redirect(_origin(request, show))

    def _move(self, request: HttpRequest, show: Show, chosen: Sequence[Ticket]) -> HttpResponse:
        ticket_ids, labels = [ticket.pk for ticket in chosen], request.POST.getlist("seat")
        try:
            moved = seating.move(show_id=show.pk, ticket_ids=ticket_ids, labels=labels, by=staff(request))
        except CinemaError as error:
            self._refuse(request, error)
            # The same seats are to be moved, and the page shows which seats are available now.
            return redirect(second_page(show, "move", ticket_ids, chosen=labels))
        if moved:
            kept = {normalize_label(label) for label in labels}
            leaving = [ticket for ticket in chosen if ticket.seat.label not in kept]
            done = f"Moved to {_labels(moved)}. The prices stay the same."
            self._report(request, show, done, recorded=show_history.moves(leaving, moved))
        return redirect(_seats(show))

    # ---------------------------------------------------------------- parts

    def _show_and_access(self, request: HttpRequest, object_id: str) -> tuple[Show, Access]:
        show: Show | None = self.get_object(request, object_id)
        if show is None:
            raise Http404
        if not self.has_view_permission(request, show):
            raise PermissionDenied
        return show, Access.of(request, show)

    def _show_and_access_to_bookings(self, request: HttpRequest, object_id: str) -> tuple[Show, Access]:
        show, access = self._show_and_access(request, object_id)
        if not access.bookings:
            raise PermissionDenied
        return show, access

    def _page(self, request: HttpRequest, template: str, show: Show, **context: Any) -> HttpResponse:
        theater = show.screen.theater
        everywhere = {
            **self.admin_site.each_context(request),
            "title": f"{show.movie}, {local_times.start_of(show)}",
            "show": show,
            "occupancy": queries.occupancy([show])[show.pk],
            "sends_emails": rules().sends_emails,
            "printed_at": local_times.date_and_time(clock.now(), theater),
            "opts": self.opts,
            "media": self.media,
        }
        return TemplateResponse(request, f"cinema/admin/{template}", {**everywhere, **context})

    def _changed_meanwhile(self, request: HttpRequest, show: Show) -> HttpResponse:
        """The response if the seats of the second page can no longer be cancelled or moved."""
        self._refuse(request, BOOKING_CHANGED if BOOKING in request.GET else SEATS_CHANGED)
        return redirect(_origin(request, show))

    def _refuse(self, request: HttpRequest, reason: object) -> None:
        self.message_user(request, str(reason), messages.ERROR)

    def _report(self, request: HttpRequest, show: Show, done: str, *, recorded: str | None = None) -> None:
        """Tell staff what is done. The history of the show has `recorded`, if given, or the same text."""
        self.log_change(request, show, recorded or done)
        self.message_user(request, done, messages.SUCCESS)


def _seats(show: Show, *, chosen: Iterable[str] = ()) -> str:
    return reverse("admin:cinema_show_seats", args=[show.pk], query=_chosen_query(chosen))


def _origin(request: HttpRequest, show: Show) -> str:
    """The URL of the page that led to the confirmation: that of the booking in the query, or the auditorium."""
    booking_ids = _keys([request.GET.get(BOOKING, "")])
    return reverse("admin:cinema_booking_change", args=[*booking_ids]) if booking_ids else _seats(show)


def second_page(
    show: Show, do: str, ticket_ids: Iterable[int], *, chosen: Iterable[str] = (), booking_id: int | None = None
) -> str:
    """The URL of the page that confirms a cancellation or chooses other seats. It leads back to the booking, if any."""
    tickets = ",".join(str(ticket_id) for ticket_id in sorted(ticket_ids))
    query = {"do": do, "tickets": tickets, **_chosen_query(chosen)}
    if booking_id is not None:
        query[BOOKING] = str(booking_id)
    return reverse("admin:cinema_show_seats", args=[show.pk], query=query)


def _chosen_query(labels: Iterable[str]) -> dict[str, str]:
    return {CHOSEN: joined} if (joined := ",".join(labels)) else {}


def _chosen_labels(request: HttpRequest) -> set[str]:
    return set(request.GET.get(CHOSEN, "").split(","))


def _chosen(tickets: Iterable[Ticket], ticket_ids: Collection[int], do: str) -> list[Ticket]:
    """The tickets to cancel or to move. Empty if there are none, or if some cannot be moved."""
    if do == "cancel":
        return [ticket for ticket in tickets if ticket.pk in ticket_ids and ticket.booking_id]
    movable = [t for t in tickets if t.pk in ticket_ids and auditorium.state_of(t) == auditorium.BOOKED]
    return movable if len(movable) == len(ticket_ids) else []


def _labels(tickets: Iterable[Ticket]) -> str:
    return _named([ticket.seat.label for ticket in tickets])


def _named(labels: Sequence[str]) -> str:
    """The seats, or only their number if there are many."""
    return join_words(labels) if len(labels) <= MAX_NAMED else counted(len(labels), "seat")


def _keys(values: Iterable[str]) -> set[int]:
    return {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < len(str(2**63))}
