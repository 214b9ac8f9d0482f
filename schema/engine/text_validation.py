"""Texts that every database can store."""

import re
from collections.abc import Iterator
from typing import Any

from graphql import ExecutionResult, GraphQLError, StringValueNode, ValidationRule
from strawberry.extensions import SchemaExtension

from schema.engine.errors import BadUserInput

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
REFUSAL = "Text cannot contain NUL, nor half of a surrogate pair."


class StorableVariables(SchemaExtension):
    """Refuses texts that no database stores: with NUL, or with half of a surrogate pair. JSON can say both."""

    def on_execute(self) -> Iterator[None]:
        try:
            check(self.execution_context.variables)
        except GraphQLError as error:
            self.execution_context.result = ExecutionResult(data=None, errors=[error])
        yield


def check(variables: object) -> None:
    """Raises a `GraphQLError` for a text that cannot be stored."""
    if not _is_storable(variables):
        raise GraphQLError(REFUSAL, original_error=BadUserInput(REFUSAL))


class StorableLiterals(ValidationRule):
    """The same for what is written in the document; halves of pairs do not get past its lexer."""

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if not _is_storable(node.value):
            self.report_error(GraphQLError(REFUSAL, node))


def _is_storable(value: Any) -> bool:
    """Whether every text in a JSON value can be stored. Without recursion: a client decides how deep it is."""
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
