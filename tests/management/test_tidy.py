"""The `tidy` command."""

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


def run_tidy(*arguments: str) -> str:
    """Run the command, and return its output."""
    output = StringIO()
    call_command("tidy", *arguments, stdout=output)
    return output.getvalue()


def report(
    *, released: int = 0, clients: int = 0, keys: int = 0, counts: int = 0, tokens: int = 0, sessions: int = 0
) -> str:
    return (
        f"Expired holds released: {released}.\n"
        f"Clients of holds deleted: {clients}.\n"
        "Booking emails deleted: 0.\n"
        f"Idempotency keys deleted: {keys}.\n"
        f"Throttling records deleted: {counts}.\n"
        f"Refresh tokens deleted: {tokens}.\n"
        "Posters deleted: 0.\n"
        f"Admin sessions deleted: {sessions}.\n"
    )


def expired_hold(show: Show, label: str, *, by: User | None = None) -> Booking:
    """A hold that has expired and whose seats are not yet released."""
    return situations.expire_hold(
        holds.acquire(show_id=show.pk, wanted=[label], by=by or situations.a_user()), seconds_ago=1
    )


def an_expired_key(user: User, key: str = "old") -> IdempotencyKey:
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
def test_the_command_reports_what_it_did(show: Show, buyer: User) -> None:
    expired = [expired_hold(show, "A1"), expired_hold(show, "A2")]
    an_expired_key(buyer)
    throttling.count("login", account="ada", address="192.0.2.1")
    AttemptCount.objects.update(expires_at=clock.now())
    throttling.count("login", account="grace", address="192.0.2.2")

    assert run_tidy() == report(released=2, keys=1, counts=3)

    assert [status_of(hold) for hold in expired] == ["EXPIRED", "EXPIRED"]
    assert not IdempotencyKey.objects.exists()
    assert AttemptCount.objects.count() == 3


@pytest.mark.django_db
def test_the_command_keeps_everything_that_has_not_expired(show: Show, buyer: User) -> None:
    holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer, key="young")
    confirmed = holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
    bookings.confirm(booking_id=confirmed.pk, by=buyer)
    released = holds.acquire(show_id=show.pk, wanted=["A3"], by=buyer)
    bookings.cancel(booking_id=released.pk, by=buyer)

    with nothing_changes():
        assert run_tidy() == report(released=0, keys=0)


@pytest.mark.django_db
def test_the_command_runs_until_nothing_is_left(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidy.Command, "tasks", [replace(task, batch=2) for task in tidy.Command.tasks])
    for label in ("A1", "A2", "A3", "A4"):
        expired_hold(show, label)
    for key in ("one", "two", "three"):
        an_expired_key(buyer, key)

    assert run_tidy() == report(released=4, keys=3)
    assert not Booking.objects.filter(status=BookingStatus.HELD).exists()


@pytest.mark.django_db
def test_rows_are_processed_in_batches(show: Show) -> None:
    for label in ("A1", "A2", "A3"):
        expired_hold(show, label)
    batches: list[int] = []
    release = holds.release_expired

    def counted(*, at_most: int) -> int:
        batches.append(release(at_most=at_most))
        return batches[-1]

    loops.run_to_end(Task("holds", "Expired holds released", counted, batch=2))

    assert batches == [2, 1]


@pytest.mark.django_db
def test_a_second_run_changes_nothing(show: Show) -> None:
    expired_hold(show, "A1")
    run_tidy()

    with nothing_changes():
        assert run_tidy() == report(released=0, keys=0)


@pytest.mark.django_db
@pytest.mark.parametrize("failing", [task.name for task in tidy.Command.tasks])
def test_a_failure_is_reported_as_an_error(monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    def busy(*, at_most: int) -> int:
        raise Busy(retry_after_ms=1)

    tasks = [replace(task, run=busy) if task.name == failing else task for task in tidy.Command.tasks]
    monkeypatch.setattr(tidy.Command, "tasks", tasks)

    with pytest.raises(CommandError, match=r"^It's busy right now\. Please try again\.$"):
        run_tidy()


@pytest.mark.django_db
def test_only_runs_the_chosen_tasks(show: Show, buyer: User) -> None:
    hold = expired_hold(show, "A1")
    an_expired_key(buyer)

    assert run_tidy("--only", "idempotency-keys") == "Idempotency keys deleted: 1.\n"
    assert status_of(hold) == "HELD"


@pytest.mark.django_db
def test_a_loop_whose_parent_has_ended_does_nothing(show: Show) -> None:
    expired_hold(show, "A1")

    with nothing_changes():
        # This process is not a child of the process with this ID.
        assert run_tidy("--loop", "--parent", str(os.getpid())) == ""


# ---------------------------------------------------------------------- in a loop, in a separate process


def command(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", "tidy", *arguments]


@contextmanager
def looping(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with running(command("--loop", "--every", "0.05"), environment, log) as process:
        yield process


def wait_until_released(hold: Booking, log: Path) -> None:
    wait_until(lambda: status_of(hold) == BookingStatus.EXPIRED, what=f"the hold to be released, see {log}")


@pytest.mark.deep
def test_a_loop_releases_holds_that_expire(
    show: Show, buyer: User, environment: dict[str, str], log: Path, change_rules: ChangeRules
) -> None:
    with looping(environment, log):
        wait_until_released(expired_hold(show, "A1"), log)
        change_rules(hold_lifetime=timedelta(seconds=1))
        hold = holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
        assert status_of(hold) == BookingStatus.HELD

        wait_until_released(hold, log)

    assert hold.tickets.get().released_at == hold.expires_at
    assert log.read_text() == ""


@pytest.mark.deep
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_loop_stops_silently_on_a_signal(
    show: Show, environment: dict[str, str], log: Path, sent: signal.Signals
) -> None:
    with looping(environment, log) as process:
        wait_until_released(expired_hold(show, "A1"), log)
        process.send_signal(sent)

        assert process.wait(SECONDS_TO_END) == 0
    assert log.read_text() == ""


@pytest.mark.deep
def test_a_loop_started_with_sigint_ignored_stops_on_sigterm(
    show: Show, environment: dict[str, str], log: Path
) -> None:
    """SIGINT is ignored, for example, with `nohup` or in the background of a script."""
    ignoring = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command("--loop", "--every", "0.05")]
    with running(ignoring, environment, log) as process:
        wait_until_released(expired_hold(show, "A1"), log)
        process.send_signal(signal.SIGTERM)

        assert process.wait(SECONDS_TO_END) == 0
    assert log.read_text() == ""


@pytest.mark.deep
def test_a_loop_ends_with_its_parent(show: Show, environment: dict[str, str], log: Path) -> None:
    loop = command("--loop", "--every", "0.05", "--parent")
    # Prints the child's ID and waits. The pipe is closed when both processes have ended.
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
        wait_until_released(expired_hold(show, "A1"), log)
    finally:
        parent.kill()
    try:
        output, _ = parent.communicate(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        os.kill(child, signal.SIGKILL)
        parent.communicate()
        raise

    assert output == b""


@pytest.mark.deep
@pytest.mark.both
def test_a_loop_survives_a_database_outage(show: Show, environment: dict[str, str], log: Path) -> None:
    with looping(environment, log) as process:
        wait_until_released(expired_hold(show, "A1"), log)
        with no_database():
            wait_until(lambda: " failed: " in log.read_text(), what="a failure to be logged")
            assert process.poll() is None
        wait_until_released(expired_hold(show, "A2"), log)

    assert "Traceback" not in log.read_text()


@pytest.mark.deep
def test_without_a_database_the_command_fails_with_a_one_line_error(
    environment: dict[str, str], tmp_path: Path
) -> None:
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
