"""Draws seat plans as HTML, with the screen and the front row at the top."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from cinema.catalog import layouts
from cinema.catalog.layouts import CATEGORY_OF_LETTER, GAP, Position, SeatCategory

NAMES = {
    SeatCategory.STANDARD: "Standard",
    SeatCategory.PREMIUM: "Premium",
    SeatCategory.WHEELCHAIR: "Wheelchair space",
    SeatCategory.COMPANION: "Companion seat",
}


@dataclass(frozen=True)
class Cell:
    """One letter of a plan. `kind` is a category in lower case, `gap` or `invalid`."""

    kind: str
    text: str = ""
    title: str = ""


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


def draw(rows: Sequence[str]) -> SafeString:
    """Return the plan as HTML, with invalid letters marked. Rows and columns over the limits are omitted.

    The page must include `seat_plan.css`.
    """
    rows = [row[: layouts.MAX_COLUMNS] for row in rows[: layouts.MAX_ROWS]]
    letters = Counter("".join(rows))
    legend = [
        Category(letter, category.value.lower(), NAMES[category], letters[letter])
        for letter, category in CATEGORY_OF_LETTER.items()
    ]
    return render_to_string(
        "cinema/admin/seat_plan.html",
        {
            "rows": [_row(index, row) for index, row in enumerate(rows)],
            "legend": legend,
            "seat_count": sum(category.count for category in legend),
        },
    )


def _row(index: int, letters: str) -> Row:
    return Row(layouts.row_label(index), [_cell(position) for position in layouts.positions(index, letters)])


def _cell(position: Position) -> Cell:
    if position.seat is not None:
        return Cell(position.seat.category.value.lower(), str(position.seat.number), position.seat.label)
    return Cell("gap") if position.letter == GAP else Cell("invalid", position.letter)


class PlanField(forms.CharField):
    """A plan as text, one row per line. Accepts any line endings and ignores empty lines at the end."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, widget=PlanWidget, **kwargs)

    def to_python(self, value: Any) -> str:
        return "\n".join(str(super().to_python(value)).rstrip("\r\n").splitlines())


class PlanWidget(UnfoldAdminTextareaWidget):
    """A text area with a drawing of the plan below it. `seat_plan.js` updates the drawing when the text changes."""

    template_name = "cinema/admin/seat_plan_widget.html"

    def __init__(self) -> None:
        super().__init__({"class": "seat-plan-text", "rows": 12, "wrap": "off", "spellcheck": "false"})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["drawing"] = draw((value or "").splitlines())
        return context

    class Media:
        css = {"all": ["cinema/admin/seat_plan.css"]}
        js = ["cinema/admin/seat_plan.js"]
