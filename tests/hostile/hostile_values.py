"""Hostile values, by the type of the argument."""

import base64
from typing import Any

from strawberry.relay.utils import to_base64

CURSOR = "orderedcursor"
# At least one database cannot store these.
UNSTORABLE = ["a\0b", "\0", "\ud800", "\udfff\ud800"]
# Longer than any column.
TOO_LONG_TEXTS = ["x" * 300, "x" * 10_000, "x" * 900_000]

TEXTS = [
    *TOO_LONG_TEXTS,
    "",
    " ",
    "\n\t\u2028\u00a0",
    "9" * 5_000,
    "\u202e\u2066 nosrevni \u200b\u200d\ufeff",
    "👩‍👩‍👧‍👧" * 20_000,
    "e" + "\u0301" * 100_000,
    # One character that decomposes into eighteen.
    "\ufdfa" * 100_000,
    "\u0130" * 300,
    " ".join(map(str, range(20_000))),
    "a " * 100_000,
    "%" * 10_000,
    "'; DROP TABLE cinema_movie; --",
    "\\" * 1_000,
    "{0.__class__}%s%(a)s${a}{{7*7}}",
    "../../etc/passwd",
    "A-" * 10_000,
    "(a+)+$" * 1_000,
    # Cursors that come before or after every item.
    to_base64(CURSOR, "[null, null]"),
    to_base64(CURSOR, '["\\u0000", "1"]'),
    to_base64(CURSOR, '["\\ud800", "1"]'),
    to_base64(CURSOR, f'["a", "{2**64}"]'),
    to_base64(CURSOR, f'["{"x" * 200_000}", "1"]'),
    to_base64(CURSOR, '["0001-01-01T00:00:00+14:00", "1"]'),
]

# Not ids, or keys that a database cannot compare.
INVALID_IDS = [
    "",
    " ",
    "5",
    "x",
    "garbage",
    "é",
    "TW92aWU6",
    "TW92aWU6MQ",
    "9" * 10_000,
    "TW92aWU6" * 10_000,
    to_base64("Movie", "x"),
    to_base64("Movie", "-1"),
    to_base64("Movie", "1.5"),
    to_base64("Movie", "1e3"),
    to_base64("Movie", "٣"),
    to_base64("Movie", "²"),
    to_base64("Movie", "1 OR 1=1"),
    to_base64("Movie", 2**63),
    to_base64("Movie", "9" * 30),
    to_base64("Movie", "9" * 5_000),
    to_base64("Movie:1", 1),
]
OTHER_TYPES = [
    "Movie",
    "Theater",
    "Screen",
    "Show",
    "Booking",
    "Ticket",
    "User",
    "Genre",
    "Price",
    "__Type",
    "Query",
    "",
    "x" * 10_000,
]

CURSORS = [
    to_base64(CURSOR, text)
    for text in (
        "",
        "[]",
        "{}",
        "null",
        "5",
        '["x"]',
        '["x", "y", "z"]',
        '[["x"], {"a": 1}]',
        "[NaN, Infinity]",
        '["9999-99-99", "x"]',
        f'["a", {"9" * 5_000}]',
        "[" * 50_000,
    )
]
CURSORS += ["x", base64.b64encode(b"\xff\xfe").decode(), to_base64("arrayconnection", 5), to_base64("Movie", 1)]

INTS = [0, -1, 1, 2**31 - 1, -(2**31), 2**31, 2**63, -(2**63) - 1, 10**400, 1.0, 1.5, 1e308, "1", True]
DATES = [
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "0000-01-01",
    "-0001-01-01",
    "2026-02-30",
    "2026-W01-1",
    "20260101",
    "2026-1-1",
    "\u0662\u0660\u0662\u0666-01-01",
    "2026-01-01T00:00:00Z",
]
DATETIMES = [
    "0001-01-01T00:00:00+00:00",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00-23:59",
    "9999-12-31T23:59:59.999999+00:00",
    "9999-12-31T23:59:59-23:59",
    "9999-12-31T23:59:59+23:59",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+99:99",
    "2026-01-01T24:00:00Z",
    "2026-12-31T23:59:60Z",
    "2026-01-01T00:00:00.0000000001Z",
    "2026-01-01T00:00Z",
    "2026-W01-1T00:00:00Z",
    "1e10",
]
DECIMALS = [
    "NaN",
    "sNaN",
    "Infinity",
    "-Infinity",
    "-0",
    "-1",
    "0.001",
    "1e3",
    "1e-999999999",
    "1E+999999999999999999",
    "9" * 400,
    "0." + "9" * 5_000,
    "99999999.99",
    "1_000",
    "٣",
    " 1 ",
    "0x10",
    1e308,
    10**400,
    0.1,
]
WRONG_TYPES: list[Any] = [None, [], [[]], [None], {}, {"a": 1}, True, 5, "x", [["x"] * 5] * 5]

BY_TYPE: dict[str, list[Any]] = {
    "String": [*TEXTS, *UNSTORABLE],
    "ID": [
        *INVALID_IDS,
        *(to_base64(name, 1) for name in OTHER_TYPES),
        *UNSTORABLE,
        "x" * 900_000,
        5,
        -5,
        2**70,
        10**400,
    ],
    "Int": INTS,
    "Date": [*DATES, *UNSTORABLE, "x" * 100_000],
    "DateTime": [*DATETIMES, *DATES, *UNSTORABLE, "x" * 100_000],
    "Decimal": [*DECIMALS, *UNSTORABLE, "x" * 100_000],
}


def of_type(kind: str, *, is_list: bool) -> list[Any]:
    """Values for an argument of this type. Lists also include as many items as a body can hold."""
    values = BY_TYPE.get(kind, ["x", "\0"])
    if is_list:
        many = [f"A{n}" for n in range(100_000)]
        return [*WRONG_TYPES, *([value] for value in values), many, ["A1"] * 50_000, ["x" * 8_000] * 100]
    return [*WRONG_TYPES, *values]
