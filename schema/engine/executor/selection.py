"""The fields selected of an object."""

from collections.abc import Callable
from typing import Any

from schema.engine.executor.run import Place, Run, ValueOf


class Selection:
    """The fields selected of one object type at one position of a document, planned when first needed."""

    __slots__ = ("_fields", "_plan")

    def __init__(self, plan: Callable[[], list[tuple[str, ValueOf]]]) -> None:
        self._plan = plan
        self._fields: list[tuple[str, ValueOf]] | None = None

    def fields(self) -> list[tuple[str, ValueOf]]:
        """The response keys and the functions of the fields.

        Raises a `GraphQLError` each time it is called if a variable in `@skip` or `@include` has no value.
        """
        if self._fields is None:
            self._fields = self._plan()
        return self._fields

    def execute(self, source: Any, place: Place | None, run: Run) -> dict[str, Any]:
        fields = self._fields
        if fields is None:
            fields = self.fields()
        data = {}
        for key, value_of in fields:
            data[key] = value_of(source, place, run)
        return data
