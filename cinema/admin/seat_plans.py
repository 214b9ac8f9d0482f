"""Draws seat plans as HTML, with the screen and the front row at the top."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from cinema.catalog import layouts
from cinema.catalog.layouts import CATEGORY_OF_LETTER, GAP, MAX_ROWS, Layout, Position, SeatCategory, SeatNumbering

NAMES = {
    SeatCategory.STANDARD: "Standard",
    SeatCategory.PREMIUM: "Premium",
    SeatCategory.WHEELCHAIR: "Wheelchair space",
    SeatCategory.COMPANION: "Companion seat",
}


@dataclass(frozen=True)
class Cell:
    """One letter of a plan. `kind` is a category in lower case, `gap` or `invalid`.

    `is_joined` is true if the next seat belongs to the same unit.
    """

    kind: str
    text: str = ""
    title: str = ""
    is_joined: bool = False


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Category:
    """An entry of the legend. `seat_plan.js` reads the letters and their meaning from it."""

    letter: str
    kind: str
    name: str
    count: int


def draw(layout: Layout) -> SafeString:
    """Return the plan as HTML, with invalid letters marked. Rows and columns over the limits are omitted.

    The page must include `seat_plan.css`.
    """
    drawn = [
        layouts.positions(layout, index)[: layouts.MAX_COLUMNS]
        for index in range(min(len(layout.rows), MAX_ROWS) if any(layout.rows) else 0)
    ]
    categories = Counter(position.seat.category for row in drawn for position in row if position.seat)
    legend = [
        Category(letter, category.value.lower(), NAMES[category], categories[category])
        for letter, category in CATEGORY_OF_LETTER.items()
    ]
    return render_to_string(
        "cinema/admin/seat_plan.html",
        {
            "rows": [Row(layout.label(index) or "", _cells(row)) for index, row in enumerate(drawn)],
            "legend": legend,
            "seat_count": sum(category.count for category in legend),
        },
    )


def _cells(row: Sequence[Position]) -> list[Cell]:
    following = [position.unit for position in row[1:]]
    units = zip_longest((position.unit for position in row), following)
    return [
        _cell(position, is_joined=unit is not None and unit == next_unit)
        for position, (unit, next_unit) in zip(row, units, strict=True)
    ]


def _cell(position: Position, *, is_joined: bool) -> Cell:
    if position.seat is not None:
        seat = position.seat
        return Cell(seat.category.value.lower(), str(seat.number), seat.label, is_joined)
    return Cell("gap") if position.letter == GAP else Cell("invalid", position.letter)


class PlanField(forms.CharField):
    """A plan as text, one row per line. Accepts any line endings and ignores empty lines at the end."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, widget=PlanWidget, **kwargs)

    def to_python(self, value: Any) -> str:
        return "\n".join(str(super().to_python(value)).rstrip("\r\n").splitlines())


class PlanWidget(UnfoldAdminTextareaWidget):
    """A text area with a drawing of the plan below it. `seat_plan.js` updates it with the text and the numbering."""

    template_name = "cinema/admin/seat_plan_widget.html"
    numbering = SeatNumbering.LEFT_TO_RIGHT

    def __init__(self) -> None:
        super().__init__({"class": "seat-plan-text", "rows": 12, "wrap": "off", "spellcheck": "false"})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        # A form that is shown again after an error has the line endings of the browser.
        text = "\n".join((value or "").splitlines())
        context["drawing"] = draw(Layout.from_text(text, self.numbering))
        return context

    class Media:
        css = {"all": ["cinema/admin/seat_plan.css"]}
        js = ["cinema/admin/seat_plan.js"]
