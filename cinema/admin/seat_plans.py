"""A seat plan, drawn: from the front row, under the screen, to the back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from cinema.catalog import layouts
from cinema.catalog.layouts import CATEGORY_OF_LETTER, GAP, SeatCategory

NAMES = {
    SeatCategory.STANDARD: "Standard",
    SeatCategory.PREMIUM: "Premium",
    SeatCategory.WHEELCHAIR: "Wheelchair space",
    SeatCategory.COMPANION: "Companion",
}


@dataclass(frozen=True)
class Place:
    """One letter of a plan: a seat of the kind `kind`, a `gap`, or `invalid`."""

    kind: str
    text: str = ""
    title: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    places: list[Place]


@dataclass(frozen=True)
class Category:
    """A line of the legend. `seat_plan.js` learns from it which letters there are."""

    letter: str
    kind: str
    name: str
    count: int


def drawn(rows: Sequence[str]) -> SafeString:
    """The plan as HTML; letters that mean nothing are marked. Needs `seat_plan.css`."""
    rows = [row[: layouts.MOST_COLUMNS] for row in rows[: layouts.MOST_ROWS]]
    letters = Counter("".join(rows))
    legend = [
        Category(letter, category.value.lower(), NAMES[category], letters[letter])
        for letter, category in CATEGORY_OF_LETTER.items()
    ]
    return render_to_string(
        "cinema/admin/seat_plan.html",
        {
            "rows": [_row(layouts.row_label(index), row) for index, row in enumerate(rows)],
            "legend": legend,
            "seat_count": sum(category.count for category in legend),
        },
    )


def _row(label: str, letters: str) -> Row:
    places: list[Place] = []
    number = 0
    for letter in letters:
        category = CATEGORY_OF_LETTER.get(letter)
        if category is not None:
            number += 1
            places.append(Place(category.value.lower(), str(number), f"{label}{number}"))
        else:
            places.append(Place("gap") if letter == GAP else Place("invalid", letter))
    return Row(label, places)


class PlanField(forms.CharField):
    """A plan as text, one row per line, whatever the line ends; empty lines at the end do not count."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, widget=PlanWidget, **kwargs)

    def to_python(self, value: Any) -> str:
        return "\n".join(str(super().to_python(value)).rstrip("\r\n").splitlines())


class PlanWidget(UnfoldAdminTextareaWidget):
    """A text area with the plan drawn beneath it, which `seat_plan.js` keeps up with what is typed."""

    template_name = "cinema/admin/seat_plan_widget.html"

    def __init__(self) -> None:
        super().__init__({"class": "seat-plan-text", "rows": 12, "wrap": "off", "spellcheck": "false"})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["drawn"] = drawn((value or "").splitlines())
        return context

    class Media:
        css = {"all": ["cinema/admin/seat_plan.css"]}
        js = ["cinema/admin/seat_plan.js"]
