"""Rejects text that a database cannot store: NUL characters and lone surrogates."""

import re
from typing import Any

from graphql import GraphQLError, StringValueNode, ValidationRule

from schema.engine.errors import BadUserInput

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
REFUSAL = "Text cannot contain NUL characters or lone surrogates."


def check(variables: object) -> None:
    """Raise a `GraphQLError` if a variable contains such text, which is possible in JSON."""
    if not _is_storable(variables):
        raise GraphQLError(REFUSAL, original_error=BadUserInput(REFUSAL))


class StorableLiterals(ValidationRule):
    """Checks the string literals of a document. The lexer already rejects lone surrogates."""

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if not _is_storable(node.value):
            self.report_error(GraphQLError(REFUSAL, node))


def _is_storable(value: Any) -> bool:
    """Whether every string in a JSON value can be stored. Does not use recursion, because it can be nested deeply."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, str) and UNSTORABLE.search(value):
            return False
        if isinstance(value, dict):
            pending += value.values()
        if isinstance(value, list):
            pending += value
    return True
