"""The list of a show's seats as a CSV file for spreadsheets, and for printing."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse
from django.utils.text import slugify

from cinema.admin import local_times
from cinema.admin.auditorium import Access, customer_name, state_of
from cinema.admin.seat_plans import NAMES
from cinema.booking.models import Ticket
from cinema.catalog.models import Show

# Spreadsheets execute cells that begin with one of these as formulas, also in their full-width forms.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - the full-width forms
# Excel recognizes UTF-8 by it.
_BYTE_ORDER_MARK = "\ufeff"


def columns(access: Access) -> list[str]:
    personal = ["Customer", "Email"] if access.customers else []
    return ["Seat", "Category", "Status", *personal, "Reference", "Price", "Currency"]


def rows(tickets: Iterable[Ticket], access: Access) -> list[list[str]]:
    """A row for the seat of each ticket, in the order of `columns`."""
    return [_row(ticket, access) for ticket in tickets]


def csv_file(show: Show, tickets: Iterable[Ticket], access: Access) -> HttpResponse:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns(access))
    writer.writerows([[as_text(cell) for cell in row] for row in rows(tickets, access)])
    start = local_times.local(show.starts_at, show.screen.theater)
    name = f"seats-{slugify(show.movie.title)[:40] or 'show'}-{start:%Y-%m-%d-%H%M}.csv"
    return HttpResponse(
        (_BYTE_ORDER_MARK + text.getvalue()).encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def as_text(cell: str) -> str:
    """The cell with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell


def _row(ticket: Ticket, access: Access) -> list[str]:
    booking = ticket.booking
    personal: Sequence[str] = ()
    if access.customers:
        personal = (customer_name(booking.user), booking.user.email) if booking else ("", "")
    sale = (booking.reference, str(ticket.cost().rounded), booking.currency) if booking else ("", "", "")
    return [ticket.seat.label, NAMES[ticket.category], state_of(ticket), *personal, *sale]
