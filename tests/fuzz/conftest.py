from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from tests.executor.shadowing import differences

# For `make fuzz`: different examples in each run. A failure prints how to reproduce it.
settings.register_profile("deep", max_examples=60, print_blob=True)
# For `make test`: the same few examples in each run. The first failure is reported without shrinking it.
settings.register_profile("short", max_examples=4, derandomize=True, database=None, phases=[Phase.generate])


def is_deep() -> bool:
    return settings.get_current_profile_name() == "deep"


@pytest.fixture(autouse=True)
def same_as_core(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every query that a test sends has the result that graphql-core returns."""
    found = differences(monkeypatch)
    yield
    assert found == []
