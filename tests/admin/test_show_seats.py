"""The pages of a show's seats: the auditorium, blocking, cancelling and moving."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from cinema.admin.seat_plans import NAMES
from cinema.booking import blocks, bookings, seating
from cinema.booking.models import Booking, Ticket
from cinema.catalog import scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Show
from cinema.models import User
from tests import situations
from tests.admin.conftest import messages, staff_client_with
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

ANA = "Ana Silva"


def page_of(show: Show, name: str = "seats") -> str:
    return reverse(f"admin:cinema_show_{name}", args=[show.pk])


def states(client: Client, show: Show) -> dict[str, str]:
    """The state of each drawn seat, by label."""
    return states_on(client.get(page_of(show)))


def states_on(response: Any) -> dict[str, str]:
    assert response.status_code == 200
    return {cell.label: cell.state for row in response.context["rows"] for cell in row.cells if cell}


def chosen_on(response: Any) -> list[str]:
    return [cell.label for row in response.context["rows"] for cell in row.cells if cell and cell.selected]


def tickets(booking: Booking) -> list[int]:
    return list(booking.tickets.order_by("pk").values_list("pk", flat=True))


def sold(show: Show) -> list[str]:
    return sorted(Ticket.objects.live().sold().filter(show=show).values_list("seat__label", flat=True))


def test_the_auditorium_shows_the_state_of_each_seat_and_its_customer(
    staff_client: Client, show: Show, ana: User
) -> None:
    booking = situations.a_booking("A1", "B2", show=show, by=ana)
    situations.a_hold("A3", show=show)
    situations.a_hold("A4", show=show, minutes_left=-1)
    blocks.block(show_id=show.pk, labels=["C3"])
    drawn = states(staff_client, show)
    assert len(drawn) == 21
    assert {label: state for label, state in drawn.items() if state != "available"} == {
        "A1": "booked",
        "A3": "held",
        "B2": "booked",
        "C3": "blocked",
    }
    page = staff_client.get(page_of(show)).content.decode()
    assert f'aria-label="B2, premium, booked, {ANA}, {booking.reference}"' in page
    assert "2 of 21 booked, 1 held, 1 blocked" in page
    assert ana.email in page
    link = reverse("admin:cinema_booking_seats_of_show", args=[booking.pk])
    response = staff_client.get(link, follow=True)
    assert [c.label for row in response.context["rows"] for c in row.cells if c and c.selected] == ["A1", "B2"]


def test_aisles_are_drawn(staff_client: Client) -> None:
    show = situations.a_show(rows=["S_S", "___", "_SS"])
    rows = staff_client.get(page_of(show)).context["rows"]
    assert [[cell and cell.column for cell in row.cells] for row in rows] == [[1, None, 3], [], [None, 2, 3]]


def test_staff_whose_page_is_older_than_the_cancellation_of_the_show_are_told_of_it(
    staff_client: Client, show: Show
) -> None:
    booking = situations.a_booking("A1", show=show)
    ticket_ids = tickets(booking)
    scheduling.cancel(show_id=show.pk)
    assert "This show has been cancelled." in staff_client.get(page_of(show)).content.decode()
    of_booking = reverse("admin:cinema_booking_change", args=[booking.pk])
    confirmed = {"ticket": ticket_ids, "confirmed": "yes"}
    for query, post, leads_to in (
        ("", {"do": "block", "seat": "A2"}, page_of(show)),
        ("", {"do": "cancel", "ticket": ticket_ids}, page_of(show)),
        ("", {"do": "move", "seat": "A2", **confirmed}, page_of(show)),
        (f"?booking={booking.pk}", {"do": "cancel", **confirmed}, of_booking),
    ):
        with nothing_changes():
            response = staff_client.post(page_of(show) + query, post, follow=True)
        assert messages(response) == ["Nothing was changed, because this show has been cancelled."]
        assert response.redirect_chain == [(leads_to, 302)]


def test_staff_see_and_change_only_what_they_may(show: Show, ana: User) -> None:
    booking = situations.a_booking("A1", show=show, by=ana)
    blocks.block(show_id=show.pk, labels=["A2"])
    expected = {
        # Permissions: whether the reference and the name are shown, and which inputs there are.
        ("view_show",): (False, False, set()),
        ("view_show", "view_booking"): (True, False, set()),
        ("view_show", "view_booking", "view_user"): (True, True, set()),
        ("change_show",): (False, False, {"seat"}),
        ("view_show", "change_booking"): (False, False, set()),
        ("view_show", "view_booking", "change_booking"): (True, False, {"ticket"}),
    }
    for permissions, (reference, name, inputs) in expected.items():
        client = staff_client_with(*permissions)
        response = client.get(page_of(show))
        page = response.content.decode()
        found = {cell.name for row in response.context["rows"] for cell in row.cells if cell and cell.name}
        assert ((booking.reference in page), ANA in page or ana.email in page, found) == (reference, name, inputs)
        for list_page in ("seat_list", "seat_list_csv"):
            listed = client.get(page_of(show, list_page))
            assert listed.status_code == (200 if reference else 403)
            assert (ANA in listed.content.decode()) == name
        with nothing_changes():
            for do, allowed in (("block", "seat"), ("unblock", "seat"), ("cancel", "ticket"), ("move", "ticket")):
                if allowed not in inputs:
                    post = {"do": do, "seat": "A2", "ticket": tickets(booking), "confirmed": "yes"}
                    assert client.post(page_of(show), post).status_code == 403
    assert staff_client_with("view_booking").get(page_of(show)).status_code == 403
    assert Client().get(page_of(show)).status_code == 302


def test_the_pages_mark_and_explain_each_category(staff_client: Client, show: Show) -> None:
    booking = situations.a_booking("A1", show=show)
    choice = staff_client.post(page_of(show), {"do": "move", "ticket": tickets(booking)}, follow=True)
    found = finders.find("cinema/admin/show_seats.css")
    assert isinstance(found, str)
    rules = Path(found).read_text()
    for page in (staff_client.get(page_of(show)).content.decode(), choice.content.decode()):
        legend = page[page.index('class="auditorium-legend"') :]
        # A standard seat has no mark.
        for category in set(SeatCategory) - {SeatCategory.STANDARD}:
            entry = f'<span class="auditorium-seat available {category.lower()}" aria-hidden="true"></span>'
            assert f"{entry} {NAMES[category]}<" in legend
            assert re.search(rf"^\.auditorium-seat\S*\.{category.lower()} \{{$", rules, re.MULTILINE)


def test_seats_are_blocked_and_unblocked(staff_client: Client, show: Show) -> None:
    booking = situations.a_booking("A3", show=show)
    blocked = staff_client.post(page_of(show), {"do": "block", "seat": ["A1", "A2"]}, follow=True)
    assert messages(blocked) == ["Blocked: A1 and A2."]
    assert set(Ticket.objects.blocks().values_list("events__by__is_superuser", flat=True)) == {True}
    assert LogEntry.objects.get().get_change_message() == "Blocked: A1 and A2."
    unblocked = staff_client.post(page_of(show), {"do": "unblock", "seat": ["A1"]}, follow=True)
    assert messages(unblocked) == ["Unblocked: A1."]
    assert states(staff_client, show)["A2"] == "blocked"
    with nothing_changes():
        for post in ({"do": "block"}, {"do": "block", "seat": "A5", "ticket": tickets(booking)}):
            refused = staff_client.post(page_of(show), post, follow=True)
            assert messages(refused) == ["To block seats, select only seats without customers."]
        # Booked since the page was drawn.
        refused = staff_client.post(page_of(show), {"do": "block", "seat": ["A3", "A4"]}, follow=True)
        assert messages(refused) == ["No longer available: A3."]


def test_love_seats_are_blocked_only_together(staff_client: Client) -> None:
    show = situations.a_show(rows=["S(SS)"])
    rows = staff_client.get(page_of(show)).context["rows"]
    assert [cell.description for cell in rows[0].cells] == [
        "A1, standard, available",
        "A2, standard, sold only together with A3, available",
        "A3, standard, sold only together with A2, available",
    ]
    with nothing_changes():
        refused = staff_client.post(page_of(show), {"do": "block", "seat": ["A1", "A3"]}, follow=True)
    assert messages(refused) == ["A3 is sold only together with A2."]
    blocked = staff_client.post(page_of(show), {"do": "block", "seat": ["A2", "A3"]}, follow=True)
    assert messages(blocked) == ["Blocked: A2 and A3."]


def test_seats_are_cancelled_after_confirmation(staff_client: Client, show: Show) -> None:
    booking, hold = situations.a_booking("A1", "A2", show=show), situations.a_hold("A3", show=show)
    post = {"do": "cancel", "ticket": [*tickets(booking)[:1], *tickets(hold)]}
    with nothing_changes():
        confirmation = staff_client.post(page_of(show), post, follow=True)
        assert "Cancel these seats?" in confirmation.content.decode()
        assert "Customers get an email" in confirmation.content.decode()
        only_held = staff_client.post(page_of(show), {"do": "cancel", "ticket": tickets(hold)}, follow=True)
        assert "Customers get an email" not in only_held.content.decode()
        nothing = staff_client.post(page_of(show), {"do": "cancel"}, follow=True)
        assert messages(nothing) == ["Select booked or held seats to cancel."]
    done = staff_client.post(page_of(show), {**post, "confirmed": "yes"}, follow=True)
    assert messages(done) == ["Cancelled: A1 and A3, in 1 booking and 1 hold."]
    recorded = LogEntry.objects.latest("pk").get_change_message()
    assert recorded == f"Cancelled A1 ({booking.reference}) and A3 ({hold.reference})."
    assert sold(show) == ["A2"]
    # The browser's Back button leads to the confirmation of a cancelled seat.
    [(of_confirmation, _)] = confirmation.redirect_chain
    gone = staff_client.get(of_confirmation.replace("%2C", ",").partition(",")[0], follow=True)
    assert messages(gone) == ["These seats have changed in the meantime. Select seats again."]
    # The same form again, after the seat was sold to another customer.
    situations.a_booking("A1", show=show)
    again = staff_client.post(page_of(show), {**post, "confirmed": "yes"}, follow=True)
    assert messages(again) == ["These seats have changed in the meantime. Select seats again."]
    assert sold(show) == ["A1", "A2"]


def test_a_seat_that_its_customer_cancels_at_the_same_time_is_not_reported_as_cancelled(
    staff_client: Client, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = situations.a_booking("A1", show=show)
    post = {"do": "cancel", "ticket": tickets(booking), "confirmed": "yes"}
    cancel_seats = seating.cancel

    def cancel_after_the_customer(**arguments: Any) -> list[Booking]:
        bookings.cancel(booking_id=booking.pk, by=booking.user)
        return cancel_seats(**arguments)

    monkeypatch.setattr(seating, "cancel", cancel_after_the_customer)
    too_late = staff_client.post(page_of(show), post, follow=True)
    assert messages(too_late) == ["These seats have changed in the meantime. Select seats again."]


def test_customers_are_moved(staff_client: Client, show: Show) -> None:
    booking = situations.a_booking("A1", "A2", show=show)
    situations.a_booking("B1", show=show)
    post = {"do": "move", "ticket": tickets(booking)}
    with nothing_changes():
        choice = staff_client.post(page_of(show), post, follow=True)
    # The browser's Back button asks to send a form again if a page is the response to a POST.
    assert [status for _, status in choice.redirect_chain] == [302]
    assert "Move 2 seats" in choice.content.decode()
    drawn = states_on(choice)
    assert (drawn["A1"], drawn["A3"], drawn["B1"]) == ("moving", "available", "booked")
    done = staff_client.post(page_of(show), {**post, "confirmed": "yes", "seat": ["B3", "B4"]}, follow=True)
    assert messages(done) == ["Moved to B3 and B4. The prices stay the same."]
    assert sold(show) == ["B1", "B3", "B4"]
    recorded = LogEntry.objects.latest("pk").get_change_message()
    assert recorded == f"Moved A1 → B3 ({booking.reference}) and A2 → B4 ({booking.reference})."


def test_the_history_has_references_only_for_staff_who_may_view_bookings(staff_client: Client, show: Show) -> None:
    booking = situations.a_booking("A1", "A2", show=show)
    first, second = tickets(booking)
    move, cancel = {"do": "move", "ticket": first, "seat": "B3"}, {"do": "cancel", "ticket": second}
    for action in (move, cancel):
        staff_client.post(page_of(show), {**action, "confirmed": "yes"})

    history = page_of(show, "history")
    with_bookings = staff_client_with("view_show", "view_booking").get(history).content.decode()
    planner = staff_client_with("view_show").get(history).content.decode()

    assert with_bookings.count(f"({booking.reference})") == 2
    assert booking.reference not in planner
    assert "Moved A1 → B3." in planner
    assert "Cancelled A2." in planner


def test_refused_moves_change_nothing_and_say_why(staff_client: Client, show: Show) -> None:
    booking, hold = situations.a_booking("A1", show=show), situations.a_hold("A2", show=show)
    situations.a_booking("B1", show=show)
    page = page_of(show)
    with nothing_changes():
        for post, reason in (
            ({"seat": ["B1"]}, "No longer available: B1."),
            ({"seat": ["B2", "B3"]}, "Choose 1 seat, one for each seat that you move."),
            ({}, "Name at least one seat."),
        ):
            refused = staff_client.post(
                page, {"do": "move", "confirmed": "yes", "ticket": tickets(booking), **post}, follow=True
            )
            # The seats to be moved stay selected.
            assert (messages(refused), states_on(refused)["A1"]) == ([reason], "moving")
        for unknown in (tickets(hold), [*tickets(booking), 10**9], ["x"], []):
            refused = staff_client.post(page, {"do": "move", "ticket": unknown}, follow=True)
            assert messages(refused) == ["Select booked seats. Seats that are only held cannot be moved."]
    bookings.cancel(booking_id=booking.pk, by=booking.user)
    stale = {"do": "move", "confirmed": "yes", "ticket": tickets(booking), "seat": ["B2"]}
    refused = staff_client.post(page, stale, follow=True)
    assert messages(refused) == ["These seats have changed in the meantime. Select seats again."]


def test_chosen_seats_that_are_still_available_stay_chosen_after_a_refusal(staff_client: Client, show: Show) -> None:
    booking = situations.a_booking("A1", "A2", show=show)
    situations.a_booking("B1", show=show)
    page = page_of(show)
    with nothing_changes():
        post = {"do": "move", "confirmed": "yes", "ticket": tickets(booking), "seat": ["A2", "B1"]}
        moving = staff_client.post(page, post, follow=True)
        assert (messages(moving), chosen_on(moving)) == (["No longer available: B1."], ["A2"])
        blocking = staff_client.post(page, {"do": "block", "seat": ["B1", "B2", "B3"]}, follow=True)
        assert (messages(blocking), chosen_on(blocking)) == (["No longer available: B1."], ["B2", "B3"])
    # A change that succeeds leaves nothing selected.
    blocked = staff_client.post(blocking.redirect_chain[0][0], {"do": "block", "seat": ["B2", "B3"]}, follow=True)
    assert (messages(blocked), chosen_on(blocked)) == (["Blocked: B2 and B3."], [])


def test_the_number_of_queries_is_constant(staff_client: Client, show: Show, django_assert_num_queries: Any) -> None:
    situations.a_booking("A1", show=show)
    staff_client.get(page_of(show))
    for label in ("A2", "A3"):
        with django_assert_num_queries(6):
            staff_client.get(page_of(show))
        with django_assert_num_queries(4):
            staff_client.get(page_of(show, "seat_list_csv"))
        situations.a_booking(label, show=show)


def test_love_seats_are_joined_and_change_only_together(staff_client: Client) -> None:
    show = situations.a_show(rows=["S(SS)S"])
    (row,) = staff_client.get(page_of(show)).context["rows"]
    drawn = [(cell.label, cell.unit, cell.is_joined) for cell in row.cells]
    assert drawn == [("A1", "", False), ("A2", "A2-A3", True), ("A3", "A2-A3", False), ("A4", "", False)]
    with nothing_changes():
        refused = staff_client.post(page_of(show), {"do": "block", "seat": "A2"}, follow=True)
        assert messages(refused) == ["A2 is sold only together with A3."]
