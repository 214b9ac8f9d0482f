"""The problems that a refusal reports."""

import pytest

from cinema.core.errors import InvalidInput


def problems(refusal: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, str]]:
    return [(field.field, field.code) for field in refusal.value.fields]
