"""Users and shows for a run. Run as a program, it creates them in its database and prints them as JSON."""

import json
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.environment import BASE_DIR

ROWS = ["SSSS", "SSS"]


@dataclass(frozen=True)
class Actor:
    id: int
    token: str


@dataclass(frozen=True)
class ShowFixture:
    id: int
    global_id: str
    seats: list[str]


@dataclass(frozen=True)
class Fixtures:
    users: list[Actor]
    shows: list[ShowFixture]


def create(environment: Mapping[str, str], *, users: int, shows: int, rows: Sequence[str] = ROWS) -> Fixtures:
    """Create them in a separate process. `rows` is the seat plan of each show's screen."""
    finished = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "tests.proof.fixtures", str(users), str(shows), *rows],
        cwd=BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        check=True,
        stdout=subprocess.PIPE,
    )
    created = json.loads(finished.stdout)
    return Fixtures([Actor(**each) for each in created["users"]], [ShowFixture(**each) for each in created["shows"]])


def main(users: int, shows: int, rows: list[str]) -> None:
    import django  # noqa: PLC0415 - here only, in the process that has the settings

    django.setup()
    print(json.dumps({"users": [_user(n) for n in range(users)], "shows": [_show(rows) for _ in range(shows)]}))  # noqa: T201


def _user(number: int) -> dict[str, object]:
    """A user with an access token and without a password, since hashing one is slow."""
    from cinema.accounts import tokens  # noqa: PLC0415 - as in main
    from cinema.core import clock  # noqa: PLC0415
    from cinema.models import User  # noqa: PLC0415

    name = f"buyer{number}-{uuid.uuid4().hex}"
    user = User(username=name, email=f"{name}@example.com")
    user.set_unusable_password()
    user.save()
    family = uuid.uuid4()
    tokens.issue_refresh_token(user=user, family=family)
    token, _ = tokens.issue_access_token(user=user, family=family, now=clock.now())
    return {"id": user.pk, "token": token}


def _show(rows: list[str]) -> dict[str, object]:
    from strawberry.relay.utils import to_base64  # noqa: PLC0415 - as in main

    from cinema.models import Seat  # noqa: PLC0415
    from tests import situations  # noqa: PLC0415

    theater = situations.a_theater(name=f"Theater {uuid.uuid4().hex}")
    show = situations.a_show(screen=situations.a_screen(rows, theater))
    seats = Seat.objects.filter(screen=show.screen_id).in_plan_order().values_list("label", flat=True)
    return {"id": show.pk, "global_id": to_base64("Show", show.pk), "seats": list(seats)}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
