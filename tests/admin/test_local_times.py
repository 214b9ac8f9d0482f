# ruff: noqa: DTZ001 - local times have no zone
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from cinema.admin.local_times import from_wall_clock

NEW_YORK = ZoneInfo("America/New_York")


def test_a_local_time_is_converted_to_utc() -> None:
    assert from_wall_clock(datetime(2026, 7, 1, 20, 15), NEW_YORK) == datetime(2026, 7, 2, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize(("occurrence", "hour"), [("0", 5), ("1", 6)])
def test_a_repeated_local_time_is_the_chosen_one(occurrence: str, hour: int) -> None:
    moment = datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
    assert from_wall_clock(datetime(2026, 11, 1, 1, 30), NEW_YORK, occurrence) == moment


def test_a_repeated_local_time_must_be_chosen() -> None:
    with pytest.raises(ValidationError) as refusal:
        from_wall_clock(datetime(2026, 11, 1, 1, 30), NEW_YORK)
    assert refusal.value.code == "ambiguous_time"


@pytest.mark.parametrize(
    ("wall_clock", "code"),
    [
        (datetime(2026, 3, 8, 2, 30), "skipped_time"),
        (datetime(9999, 12, 31, 23, 59), "invalid"),
    ],
)
def test_a_local_time_that_does_not_exist_is_refused(wall_clock: datetime, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        from_wall_clock(wall_clock, NEW_YORK)
    assert refusal.value.code == code
