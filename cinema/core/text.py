import unicodedata
from collections.abc import Iterable


def folded(text: str) -> str:
    """`text` for comparisons that ignore case, accents and extra spaces: "Amélie " and "AMELIE" are equal."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def caseless(text: str) -> str:
    """`text` for comparisons that ignore case and extra spaces: "Ärger " and "ÄRGER" are equal, "Arger" is not."""
    # Decomposed first, because some letters fold differently with their accent attached.
    folded_case = unicodedata.normalize("NFD", text).casefold()
    return " ".join(unicodedata.normalize("NFC", folded_case).split())


def on_one_line(value: object) -> str:
    """`value` as text without line breaks, for the log."""
    return " ".join(str(value).split())


def join_words(values: Iterable[object]) -> str:
    """The values as text: "A1, A2 and A3" for `["A1", "A2", "A3"]`. Empty if there are no values."""
    *most, last = [str(value) for value in values] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(number: int, noun: str) -> str:
    """`number` and `noun`, in the plural unless it is one: "1 seat", "3 seats", "0 seats"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
