from datetime import datetime, timedelta

import pytest

from cinema.catalog.time_zones import is_ambiguous, time_of_day, zone_of
from cinema.models import Show
from tests import situations
from tests.conftest import Api, global_id
from tests.situations import in_hours

CREATE_SHOW = "mutation ($input: CreateShowInput!) { createShow(input: $input) { ... on Show { startsAt } } }"
UPDATE_SHOW = "mutation ($input: UpdateShowInput!) { updateShow(input: $input) { ... on Show { startsAt } } }"


@pytest.mark.parametrize("time_zone", ["Europe/Berlin", "Australia/Sydney"])
def test_a_show_can_start_at_either_of_the_two_times_when_clocks_go_back(api: Api, time_zone: str) -> None:
    """At 03:00, clocks go back to 02:00, so it is 02:30 twice. The offset tells which one is meant."""
    staff = api.logged_in_as(situations.a_staff_member("add_show", "change_show"))
    screen = situations.a_screen(["SS"], theater=situations.a_theater(time_zone))
    first, second = the_two_times_when_clocks_go_back(time_zone)
    created = staff(
        CREATE_SHOW,
        input={
            "movieId": global_id(situations.a_movie()),
            "screenId": global_id(screen),
            "startsAt": first.isoformat(),
            "prices": [{"category": "STANDARD", "amount": "10"}],
        },
    ).data["createShow"]
    show = Show.objects.get()
    names = [time_of_day(show.starts_at.astimezone(zone_of(time_zone)))]
    assert datetime.fromisoformat(created["startsAt"]) == show.starts_at == first

    updated = staff(UPDATE_SHOW, input={"showId": global_id(show), "startsAt": second.isoformat()}).data["updateShow"]

    show.refresh_from_db()
    assert datetime.fromisoformat(updated["startsAt"]) == show.starts_at == first + timedelta(hours=1)
    names += [time_of_day(show.starts_at.astimezone(zone_of(time_zone)))]
    assert ([name[:6] for name in names], names[0] != names[1]) == (["02:30 "] * 2, True)


def the_two_times_when_clocks_go_back(time_zone: str) -> tuple[datetime, datetime]:
    """02:30 on the next day on which it occurs twice, with each of the two offsets."""
    local = datetime.now(zone_of(time_zone)).replace(hour=2, minute=30, second=0, microsecond=0)
    while not is_ambiguous(local) or local < in_hours(1):
        local += timedelta(days=1)
    # Times with a zone are never equal to others if they occur twice, unlike times with an offset.
    first, second = (datetime.fromisoformat(local.replace(fold=fold).isoformat()) for fold in (0, 1))
    return first, second
