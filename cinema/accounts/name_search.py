"""Staff search users by names, ignoring case, accents and punctuation, and by parts of usernames and emails."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Func, Q, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler

from cinema.accounts.models import User
from cinema.core.text import folded

_FOLDED = "folded_name"
# For PostgreSQL: letters without a decomposition, which `folded` replaces.
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_FROM, _TO = "łøđðħŧı", "loddhti"
_ASCII_SEPARATORS, _ASCII_IGNORED = "-,/()", "'`.*"
_SEPARATORS = f"{_ASCII_SEPARATORS}‐‑–"  # noqa: RUF001 - similar characters on purpose
_IGNORED = f"{_ASCII_IGNORED}‘’‛′´ʹʻʼʽʾʿ"  # noqa: RUF001 - similar characters on purpose


def install() -> None:
    """Define the function for SQLite on every connection. Called once, when the application starts."""
    connection_created.connect(_define_function)


def having_words(users: QuerySet[User], typed: str) -> QuerySet[User]:
    """The users with every word in their names, username or email."""
    users = users.alias(first_folded=FoldedName("first_name"), last_folded=FoldedName("last_name"))
    for word in typed.replace(",", " ").split():
        of_names = Q()
        for part in folded(word).split():
            of_names &= Q(first_folded__contains=part) | Q(last_folded__contains=part)
        users = users.filter(of_names | Q(username__icontains=word) | Q(email__icontains=word))
    return users


class FoldedName(Func):
    """A name as `folded` compares it. It is computed for each search, so there is no copy of the name to erase.

    The expression for PostgreSQL knows the letters and the punctuation of names, but not all of Unicode.
    """

    function = _FOLDED
    arity = 1
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, _: BaseDatabaseWrapper, **__: Any) -> tuple[str, list[Any]]:
        name, parameters = compiler.compile(self.source_expressions[0])
        # Marks are removed after their decomposition.
        letters = rf"lower(regexp_replace(normalize({name}, NFKD), '[\u0300-\u036f]', '', 'g'))"
        for letter, plain in _LETTERS.items():
            letters = f"replace({letters}, '{letter}', '{plain}')"
        # Most names are ASCII, for which a short translation is enough.
        ascii_name = f"translate(lower({name}), %s, %s)"
        statement = (
            f"CASE WHEN octet_length({name}) = char_length({name}) THEN {ascii_name}"
            f" ELSE translate({letters}, %s, %s) END"
        )
        return statement, [
            *(*parameters, *parameters, *parameters),
            _ASCII_SEPARATORS + _ASCII_IGNORED,
            " " * len(_ASCII_SEPARATORS),
            *parameters,
            _FROM + _SEPARATORS + _IGNORED,
            _TO + " " * len(_SEPARATORS),
        ]


def _define_function(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function(_FOLDED, 1, folded, deterministic=True)
