import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cinema.admin.seat_plans import draw
from cinema.admin.theaters import ScreenAdmin
from cinema.catalog import theaters
from cinema.catalog.layouts import Layout, SeatCategory, SeatNumbering
from cinema.catalog.models import Screen
from tests import situations
from tests.admin.conftest import errors, staff_client_with

pytestmark = pytest.mark.django_db

ADD = reverse("admin:cinema_screen_add")
LIST = reverse("admin:cinema_screen_changelist")
NUMBERED = {"numbering": "LEFT_TO_RIGHT"}


def change(screen: Screen) -> str:
    return reverse("admin:cinema_screen_change", args=[screen.pk])


def stored_fields(screen: Screen) -> tuple[Any, ...]:
    return (Screen.objects.values_list().get(pk=screen.pk), list(screen.seats.order_by("pk").values_list()))


def test_a_screen_is_added_with_its_seats(staff_client: Client) -> None:
    theater = situations.a_theater()
    response = staff_client.post(
        ADD, {"theater": theater.pk, "name": " Big ", **NUMBERED, "plan": "SS_SS\r\nPP_PP\r\n\r\n"}
    )
    assert response.status_code == 302
    screen = Screen.objects.get()
    assert (screen.theater, screen.name, screen.plan, screen.seat_count) == (theater, "Big", "SS_SS\nPP_PP", 8)
    assert list(screen.seats.in_plan_order().values_list("label", flat=True)) == [
        *("A1", "A2", "A3", "A4"),
        *("B1", "B2", "B3", "B4"),
    ]


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        ("SSS\nSxS", "Row B, column 2: 'x' is not one of S P W C _."),
        ("S" * 101, "Row A has 101 columns; at most 100 are allowed."),
        ("\n".join(["S"] * 101), "A plan can have at most 100 rows; this one has 101."),
        ("___", "A plan must have at least one seat."),
        ("", "This field is required."),
    ],
)
def test_an_invalid_plan_is_refused(staff_client: Client, plan: str, reason: str) -> None:
    fields = {"theater": situations.a_theater().pk, "name": "Big", **NUMBERED, "plan": plan}
    assert errors(staff_client.post(ADD, fields)) == {"plan": [reason]}
    together = {"plan": [reason], "name": ["This field is required."]}
    assert errors(staff_client.post(ADD, fields | {"name": ""})) == together
    assert not Screen.objects.exists()


def test_screen_names_are_unique_in_a_theater_ignoring_case(staff_client: Client) -> None:
    screen = situations.a_screen()
    fields = {"theater": screen.theater_id, "name": screen.name.upper(), **NUMBERED, "plan": "S"}
    assert errors(staff_client.post(ADD, fields)) == {"name": ["This theater already has a screen with this name."]}
    other = situations.a_screen(theater=screen.theater)
    before = stored_fields(other)
    response = staff_client.post(change(other), {"name": screen.name, **NUMBERED, "plan": other.plan})
    assert errors(response) == {"name": ["This theater already has a screen with this name."]}
    assert stored_fields(other) == before


def test_the_list_has_screens_in_the_order_of_their_numbers(
    staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    theater = situations.a_theater()
    for name in ["Screen 10", "screen 2", "Screen 1"]:
        theaters.add_screen(theater_id=theater.pk, name=name, rows=["SS"])
    names = ["Screen 1", "screen 2", "Screen 10"]
    assert [screen.name for screen in staff_client.get(LIST).context["cl"].result_list] == names
    monkeypatch.setattr(ScreenAdmin, "list_per_page", 2)
    pages = [staff_client.get(LIST, query).context["cl"].result_list for query in ({}, {"p": 2}, {"all": ""})]
    assert [[screen.name for screen in page] for page in pages] == [names[:2], names[2:], names]


def test_changing_the_plan_keeps_unchanged_seats(staff_client: Client) -> None:
    screen = situations.a_screen(["SS"])
    first, _ = screen.seats.in_plan_order()
    assert staff_client.post(change(screen), {"name": "New", **NUMBERED, "plan": "SP\r\nSS"}).status_code == 302
    screen.refresh_from_db()
    assert (screen.name, screen.seat_count) == ("New", 4)
    assert first in screen.seats.current()
    assert [seat.category[0] for seat in screen.seats.current().in_plan_order()] == ["S", "P", "S", "S"]


def test_saving_an_unchanged_form_changes_nothing(staff_client: Client) -> None:
    screen = situations.a_screen()
    before = stored_fields(screen)
    response = staff_client.post(
        change(screen), {"name": screen.name, **NUMBERED, "plan": screen.plan.replace("\n", "\r\n")}
    )
    assert response.status_code == 302
    assert stored_fields(screen) == before


def test_a_sold_seat_cannot_be_removed(staff_client: Client) -> None:
    booking = situations.a_booking("A2", show=situations.a_show(rows=["SSS"]))
    screen = booking.show.screen
    before = stored_fields(screen)
    reason = "These seats are sold for shows that have not ended, so they can't be changed or removed: A2."
    assert errors(staff_client.post(change(screen), {"name": "New", **NUMBERED, "plan": "S"})) == {"plan": [reason]}
    assert stored_fields(screen) == before


def test_a_category_without_a_price_is_refused(staff_client: Client) -> None:
    prices = {SeatCategory.STANDARD: Decimal(10)}
    screen = situations.a_show(rows=["SSS"], prices=prices).screen
    before = stored_fields(screen)
    reason = "Upcoming shows have no price for premium seats. Add the prices first."
    refused = staff_client.post(change(screen), {"name": "New", **NUMBERED, "plan": "SSSP\r\nS"})
    assert errors(refused) == {"plan": [reason]}
    # The line endings of the browser are not letters of the plan.
    assert "seat invalid" not in refused.content.decode()
    assert stored_fields(screen) == before


def test_a_screen_cannot_be_moved_or_deleted(staff_client: Client) -> None:
    screen = situations.a_screen()
    fields = {"name": screen.name, **NUMBERED, "plan": screen.plan, "theater": situations.a_theater().pk}
    staff_client.post(change(screen), fields)
    assert Screen.objects.get().theater == screen.theater
    assert (
        staff_client.post(reverse("admin:cinema_screen_delete", args=[screen.pk]), {"post": "yes"}).status_code == 403
    )
    assert Screen.objects.exists()


def test_a_staff_member_with_only_the_view_permission_sees_the_drawn_plan() -> None:
    screen = situations.a_screen(["SS_P"])
    staff_client = staff_client_with("view_screen")
    page = staff_client.get(change(screen)).content.decode()
    assert draw(screen.layout) in page
    assert "<textarea" not in page
    assert "cinema/admin/seat_plan.css" in page
    assert staff_client.post(change(screen), {"name": "New", **NUMBERED, "plan": "S"}).status_code == 403
    screen.refresh_from_db()
    assert screen.plan == "SS_P"


def test_the_form_contains_the_drawn_plan_without_javascript(staff_client: Client) -> None:
    screen = situations.a_screen(["SS_P"])
    page = staff_client.get(change(screen)).content.decode()
    assert draw(screen.layout) in page
    assert "cinema/admin/seat_plan.js" in page


def test_the_drawing_numbers_seats_and_marks_invalid_letters() -> None:
    html = draw(Layout(["S_P", "<W"]))
    assert '<span class="seat standard" title="A1">1</span><span class="seat gap" title=""></span>' in html
    assert '<span class="seat premium" title="A2">2</span>' in html
    assert '<span class="seat invalid" title="">&lt;</span>' in html
    assert '<span class="seat wheelchair" title="B1">1</span>' in html
    assert '<span class="seat-plan-total">3</span>' in html


def test_a_plan_with_labels_and_seats_numbered_from_the_right(staff_client: Client) -> None:
    screen = situations.a_screen(["SS"])
    plan = "j : S_P\r\n ____\r\nH:SS\r\n"
    fields = {"name": screen.name, "numbering": "RIGHT_TO_LEFT", "plan": plan}

    assert staff_client.post(change(screen), fields).status_code == 302

    screen.refresh_from_db()
    assert (screen.plan, screen.rows, screen.row_labels) == (
        "J: S_P\n____\nH: SS",
        ["S_P", "____", "SS"],
        ["J", None, "H"],
    )
    assert [seat.label for seat in screen.seats.current().in_plan_order()] == ["J2", "J1", "H2", "H1"]
    page = staff_client.get(change(screen)).content.decode()
    assert draw(screen.layout) in page
    assert 'value="RIGHT_TO_LEFT" selected' in page


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        ("A: S\na: S", "Row 2: another row already has the label A."),
        ("A: S\nSS", "Row 2 has seats, so it must have a label."),
        ("ABCDE: S", "Row 1: the label 'ABCDE' is not 1 to 4 letters from A to Z."),
        ("A:B: S", "Row 1: the label 'A:B' is not 1 to 4 letters from A to Z."),
        ("<b>: S", "Row 1: the label '<b>' is not 1 to 4 letters from A to Z."),
    ],
)
def test_wrong_row_labels_are_refused(staff_client: Client, plan: str, reason: str) -> None:
    screen = situations.a_screen()
    before = stored_fields(screen)
    fields = {"name": screen.name, **NUMBERED, "plan": plan}

    assert errors(staff_client.post(change(screen), fields)) == {"plan": [reason]}

    assert stored_fields(screen) == before


def test_the_drawing_has_labels_and_cross_aisles() -> None:
    html = draw(Layout(["SS", "__", "W"], ["ZZ", None, "<"], SeatNumbering.RIGHT_TO_LEFT))
    assert re.findall('class="seat-plan-label">([^<]*)<', html) == ["ZZ", "", "&lt;"]
    assert re.findall('title="([^"]*)">([^<]*)<', html) == [
        ("ZZ2", "2"),
        ("ZZ1", "1"),
        ("", ""),
        ("", ""),
        ("&lt;1", "1"),
    ]


def test_the_drawing_joins_the_seats_of_a_unit() -> None:
    html = draw(Layout(["(SS)(PPP)S", "(S(_)", "(S)" * 101]))
    seats = re.findall('class="seat ([^"]*)" title="([^"]*)">', html)
    assert seats[:6] == [
        ("standard joined", "A1"),
        ("standard", "A2"),
        ("premium joined", "A3"),
        ("premium joined", "A4"),
        ("premium", "A5"),
        ("standard", "A6"),
    ]
    assert seats[6:9] == [("invalid", ""), ("standard", "B1"), ("gap", "")]
    assert len(seats) == 9 + 100


def test_a_plan_with_units_is_stored(staff_client: Client) -> None:
    screen = situations.a_screen(["SS"])
    fields = {"name": screen.name, **NUMBERED, "plan": "B: (SS)S\r\nA: (PPP)"}
    assert staff_client.post(change(screen), fields).status_code == 302
    units = screen.seats.current().in_plan_order().values_list("label", "unit")
    assert list(units) == [("B1", "B1-B2"), ("B2", "B1-B2"), ("B3", ""), *((f"A{n}", "A1-A3") for n in (1, 2, 3))]
    fields["plan"] = "(S)S"
    reason = "Row A: (S) must have 2 to 10 seats."
    assert errors(staff_client.post(change(screen), fields)) == {"plan": [reason]}


def test_the_number_of_queries_is_constant(staff_client: Client, django_assert_num_queries: Any) -> None:
    situations.a_screen()
    with django_assert_num_queries(6):
        staff_client.get(LIST)
    theater = situations.a_theater()
    for _ in range(5):
        situations.a_screen(theater=theater)
    with django_assert_num_queries(6):
        staff_client.get(LIST)
