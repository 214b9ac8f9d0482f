import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cinema.accounts import throttling
from cinema.booking import bookings, holds
from cinema.booking.models import BookingStatus
from cinema.core import clock
from cinema.core.errors import Busy
from cinema.core.idempotency import IdempotencyKey
from cinema.management import loops
from cinema.management.commands import tidy
from cinema.management.loops import Task
from cinema.models import AttemptCount, Booking, Show, User
from config.environment import BASE_DIR
from tests import situations
from tests.management.processes import SECONDS_TO_END, no_database, running
from tests.rules import ChangeRules
from tests.stored import nothing_changes
from tests.waiting import wait_until


def tidied(*arguments: str) -> str:
    """What the command says."""
    output = StringIO()
    call_command("tidy", *arguments, stdout=output)
    return output.getvalue()


def said(*, released: int = 0, keys: int = 0, counts: int = 0, tokens: int = 0, sessions: int = 0) -> str:
    return (
        f"Expired holds released: {released}.\n"
        f"Idempotency keys deleted: {keys}.\n"
        f"Throttling records deleted: {counts}.\n"
        f"Refresh tokens deleted: {tokens}.\n"
        f"Admin sessions deleted: {sessions}.\n"
    )


def over(show: Show, label: str, *, by: User | None = None) -> Booking:
    """A hold whose time is over."""
    return situations.expire_hold(
        holds.acquire(show_id=show.pk, wanted=[label], by=by or situations.a_user()), seconds_ago=1
    )


def an_old_key(user: User, key: str = "old") -> IdempotencyKey:
    return IdempotencyKey.objects.create(
        user=user,
        key=key,
        fingerprint="f",
        result_type="cinema.booking",
        result_id=situations.a_booking(by=user).pk,
        created_at=clock.now() - timedelta(hours=25),
    )


def status_of(hold: Booking) -> str:
    return Booking.objects.get(pk=hold.pk).status


# ---------------------------------------------------------------------- once


@pytest.mark.django_db
def test_it_tells_what_it_did(show: Show, buyer: User) -> None:
    ran_out = [over(show, "A1"), over(show, "A2")]
    an_old_key(buyer)
    throttling.count("login", account="ada", address="192.0.2.1")
    AttemptCount.objects.update(expires_at=clock.now())
    throttling.count("login", account="grace", address="192.0.2.2")

    assert tidied() == said(released=2, keys=1, counts=3)

    assert [status_of(hold) for hold in ran_out] == ["EXPIRED", "EXPIRED"]
    assert not IdempotencyKey.objects.exists()
    assert AttemptCount.objects.count() == 3


@pytest.mark.django_db
def test_it_leaves_what_is_not_over(show: Show, buyer: User) -> None:
    holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer, key="young")
    confirmed = holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
    bookings.confirm(booking_id=confirmed.pk, by=buyer)
    given_up = holds.acquire(show_id=show.pk, wanted=["A3"], by=buyer)
    bookings.cancel(booking_id=given_up.pk, by=buyer)

    with nothing_changes():
        assert tidied() == said(released=0, keys=0)


@pytest.mark.django_db
def test_it_goes_on_until_there_is_nothing_left(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidy.Command, "tasks", [replace(task, batch=2) for task in tidy.Command.tasks])
    for label in ("A1", "A2", "A3", "A4"):
        over(show, label)
    for key in ("one", "two", "three"):
        an_old_key(buyer, key)

    assert tidied() == said(released=4, keys=3)
    assert not Booking.objects.filter(status=BookingStatus.HELD).exists()


@pytest.mark.django_db
def test_it_does_no_more_than_a_batch_in_a_transaction(show: Show) -> None:
    for label in ("A1", "A2", "A3"):
        over(show, label)
    batches: list[int] = []
    release = holds.release_expired

    def counted(*, at_most: int) -> int:
        batches.append(release(at_most=at_most))
        return batches[-1]

    loops.run_to_end(Task("holds", "Expired holds released", counted, batch=2))

    assert batches == [2, 1]


@pytest.mark.django_db
def test_twice_it_finds_nothing_the_second_time(show: Show) -> None:
    over(show, "A1")
    tidied()

    with nothing_changes():
        assert tidied() == said(released=0, keys=0)


@pytest.mark.django_db
@pytest.mark.parametrize("failing", [task.name for task in tidy.Command.tasks])
def test_a_failure_is_reported(monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    def busy(*, at_most: int) -> int:
        raise Busy(retry_after_ms=1)

    tasks = [replace(task, run=busy) if task.name == failing else task for task in tidy.Command.tasks]
    monkeypatch.setattr(tidy.Command, "tasks", tasks)

    with pytest.raises(CommandError, match=r"^It's busy right now\. Please try again\.$"):
        tidied()


@pytest.mark.django_db
def test_only_the_chosen_tasks_are_run(show: Show, buyer: User) -> None:
    hold = over(show, "A1")
    an_old_key(buyer)

    assert tidied("--only", "idempotency-keys") == "Idempotency keys deleted: 1.\n"
    assert status_of(hold) == "HELD"


@pytest.mark.django_db
def test_it_does_nothing_for_a_parent_that_has_ended(show: Show) -> None:
    over(show, "A1")

    with nothing_changes():
        # It is its own process here, and nobody's child of that id.
        assert tidied("--loop", "--parent", str(os.getpid())) == ""


# ---------------------------------------------------------------------- on and on, in a process of its own


def command(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", "tidy", *arguments]


@contextmanager
def looping(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with running(command("--loop", "--every", "0.05"), environment, log) as process:
        yield process


def wait_until_released(hold: Booking, log: Path) -> None:
    wait_until(lambda: status_of(hold) == BookingStatus.EXPIRED, what=f"the hold to be released, see {log}")


def test_it_releases_a_hold_that_runs_out_while_it_loops(
    show: Show, buyer: User, environment: dict[str, str], log: Path, change_rules: ChangeRules
) -> None:
    with looping(environment, log):
        wait_until_released(over(show, "A1"), log)
        change_rules(hold_lifetime=timedelta(seconds=1))
        hold = holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
        assert status_of(hold) == BookingStatus.HELD

        wait_until_released(hold, log)

    assert hold.tickets.get().released_at == hold.expires_at
    assert log.read_text() == ""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_on_a_signal_it_stops_and_writes_nothing(
    show: Show, environment: dict[str, str], log: Path, sent: signal.Signals
) -> None:
    with looping(environment, log) as process:
        wait_until_released(over(show, "A1"), log)
        process.send_signal(sent)

        assert process.wait(SECONDS_TO_END) == 0
    assert log.read_text() == ""


def test_it_stops_on_sigterm_if_sigint_was_ignored_when_it_was_started(
    show: Show, environment: dict[str, str], log: Path
) -> None:
    """As under `nohup`, or started with `&` by a script."""
    ignoring = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command("--loop", "--every", "0.05")]
    with running(ignoring, environment, log) as process:
        wait_until_released(over(show, "A1"), log)
        process.send_signal(signal.SIGTERM)

        assert process.wait(SECONDS_TO_END) == 0
    assert log.read_text() == ""


def test_it_ends_with_its_parent(show: Show, environment: dict[str, str], log: Path) -> None:
    loop = command("--loop", "--every", "0.05", "--parent")
    # Tells its child's id and waits. Both write to the pipe, which is at its end when both are gone.
    start = f"""
import os, subprocess
child = subprocess.Popen([*{loop}, str(os.getpid())])
print(child.pid, flush=True)
child.wait()
"""
    parent = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", start], cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        wait_until_released(over(show, "A1"), log)
    finally:
        parent.kill()
    try:
        output, _ = parent.communicate(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        os.kill(child, signal.SIGKILL)
        parent.communicate()
        raise

    assert output == b""


@pytest.mark.both
def test_it_survives_an_outage(show: Show, environment: dict[str, str], log: Path) -> None:
    with looping(environment, log) as process:
        wait_until_released(over(show, "A1"), log)
        with no_database():
            wait_until(lambda: "holds failed: " in log.read_text(), what="a failure to be logged")
            assert process.poll() is None
        wait_until_released(over(show, "A2"), log)

    assert "Traceback" not in log.read_text()


def test_without_a_database_it_fails_in_a_line(environment: dict[str, str], tmp_path: Path) -> None:
    url = environment["DATABASE_URL"]
    nowhere = "postgresql:///cinema?host=/no/such" if url.startswith("postgres") else f"sqlite:///{tmp_path}"
    ended = subprocess.run(  # noqa: S603 - our own program
        command(),
        cwd=BASE_DIR,
        env={**environment, "DATABASE_URL": nowhere},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("CommandError: ")
    assert "Traceback" not in ended.stderr
