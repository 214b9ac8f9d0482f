"""The lists of the taken seats of a show: as a page to print, and as a CSV file."""

import csv

import pytest
from django.test import Client

from cinema.admin.seat_lists import as_text
from cinema.booking import blocks, bookings
from cinema.catalog import scheduling
from cinema.catalog.models import Show
from cinema.models import User
from tests import situations
from tests.admin.test_show_seats import ANA, page_of, states_on

pytestmark = pytest.mark.django_db


def test_the_list_is_a_csv_file_that_spreadsheets_open_and_do_not_execute(staff_client: Client, ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(first_name='=HYPERLINK("https://x.test","Ana")', last_name="Łuc")
    show = situations.a_show(movie=situations.a_movie('Ä "film"\r\nX: 1'))
    booking = situations.a_booking("A1", show=show, by=ana)
    blocks.block(show_id=show.pk, labels=["B2"])
    response = staff_client.get(page_of(show, "seat_list_csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="seats-a-film')
    assert response["X-Content-Type-Options"] == "nosniff"
    content = response.content.decode()
    assert content.startswith("\ufeffSeat,")
    rows = list(csv.reader(content.removeprefix("\ufeff").splitlines()))
    sale = [booking.reference, "10.00", "USD"]
    assert rows == [
        ["Seat", "Category", "Status", "Customer", "Email", "Reference", "Price", "Currency"],
        ["A1", "Standard", "booked", '\'=HYPERLINK("https://x.test","Ana") Łuc', ana.email, *sale],
        ["B2", "Premium", "blocked", "", "", "", "", ""],
    ]
    page = staff_client.get(page_of(show, "seat_list")).content.decode()
    assert "=HYPERLINK(&quot;https://x.test&quot;,&quot;Ana&quot;) Łuc" in page


def test_the_lists_of_a_cancelled_show_contain_the_seats_cancelled_with_it(
    staff_client: Client, show: Show, ana: User
) -> None:
    booking, hold = situations.a_booking("A1", "A2", "B1", show=show, by=ana), situations.a_hold("A3", show=show)
    bookings.cancel(booking_id=booking.pk, labels=["A2"], by=ana)
    blocks.block(show_id=show.pk, labels=["B2"])
    scheduling.cancel(show_id=show.pk)
    lines = staff_client.get(page_of(show, "seat_list_csv")).content.decode().splitlines()[1:]
    name = [ANA, ana.email, booking.reference]
    assert lines[0].split(",") == ["A1", "Standard", "cancelled with the show", *name, "10.00", "USD"]
    assert lines[1].startswith("A3,Standard,hold cancelled with the show,")
    assert lines[2].split(",") == ["B1", "Premium", "cancelled with the show", *name, "15.50", "USD"]
    assert len(lines) == 3
    printed = staff_client.get(page_of(show, "seat_list")).content.decode()
    assert "This show has been cancelled." in printed
    assert printed.count(ana.email) == 2
    page = staff_client.get(page_of(show))
    assert [(each.seats, str(each.price)) for each in page.context["customers"]] == [
        ("A1, B1", "25.50 USD"),
        ("A3", "10.00 USD"),
    ]
    assert "Bookings cancelled with the show" in page.content.decode()
    assert hold.reference in page.content.decode()
    assert set(states_on(page).values()) == {"available"}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])  # noqa: RUF001
def test_cells_that_spreadsheets_would_execute_are_text(cell: str) -> None:
    assert as_text(cell) == f"'{cell}"
    assert as_text(f"x{cell}") == f"x{cell}"
