"""The `work` command processes queues in a separate process, and sends emails to a real mail server."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cinema.accounts import recovery
from cinema.accounts.mail_queue import MailKind
from cinema.booking.email_queue import HistoryRead
from cinema.core import clock, mail_delivery
from cinema.core.errors import Busy
from cinema.core.queue import QueuedRow
from cinema.management.commands import work
from cinema.management.queues import QUEUES
from config.environment import BASE_DIR
from tests.accounts.mailing import NEW_PASSWORD, age_queued_emails, enqueue, link_of, waiting
from tests.accounts.sessions import HOME
from tests.mail_server import MailServer, mail_server
from tests.management.processes import SECONDS_TO_END, no_database, running
from tests.proof.server import free_port
from tests.situations import a_booking, a_user
from tests.stored import nothing_changes
from tests.waiting import wait_until


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def command(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", "work", *arguments]


def run_work(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command once."""
    return subprocess.run(  # noqa: S603 - our own program
        command(), cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def report(emails: int, booking_emails: int = 0) -> str:
    return f"Emails processed: {emails}.\nBooking emails processed: {booking_emails}.\n"


def recipients(server: MailServer) -> list[str]:
    return [address for addresses, _ in server.delivered for address in addresses]


def delivered(server: MailServer, number: int) -> bool:
    return len(server.delivered) == number


def test_every_queue_has_a_task() -> None:
    assert {task.queue for task in QUEUES} == set(QueuedRow.__subclasses__())


# ---------------------------------------------------------------------- once


@pytest.mark.django_db
def test_the_command_reports_how_many_emails_it_processed() -> None:
    for name in ("ann", "bob"):
        enqueue(MailKind.VERIFICATION, a_user(name).email)
    output = StringIO()
    call_command("work", stdout=output)
    assert output.getvalue() == report(2)


@pytest.mark.django_db
def test_a_busy_database_is_reported_as_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*, at_most: int) -> int:
        raise Busy(retry_after_ms=1)

    monkeypatch.setattr(work.Command, "tasks", [replace(task, run=busy) for task in work.Command.tasks])
    with pytest.raises(CommandError, match=r"^It's busy right now\. Please try again\.$"):
        call_command("work")


@pytest.mark.django_db
def test_a_loop_whose_parent_has_ended_does_nothing() -> None:
    enqueue(MailKind.VERIFICATION, a_user().email)
    with nothing_changes():
        # This process is not a child of the process with this ID.
        call_command("work", "--loop", "--parent", str(os.getpid()))


# ---------------------------------------------------------------------- to a mail server


@pytest.mark.deep
def test_the_link_in_a_delivered_email_sets_a_new_password(
    environment: dict[str, str], server: MailServer, settings: Any
) -> None:
    ada = a_user("Ada")
    recovery.request_password_reset(email=ada.email, address=HOME)
    own = {"DEFAULT_FROM_EMAIL": "Box office <tickets@cinema.example>", "FRONT_END_URL": "https://cinema.example"}

    ended = run_work({**environment, **server.environment, **own})

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, report(1), "")
    ((to, message),) = server.delivered
    assert to == ["ada@example.com"]
    assert (message["From"], message["To"]) == ("Box office <tickets@cinema.example>", "ada@example.com")
    assert message["Subject"] == "Set a new password"
    page, token = link_of(message.get_content().replace("https://cinema.example", "http://localhost:8000"))
    assert page == "reset-password"
    settings.SECRET_KEY = environment["SECRET_KEY"]
    assert recovery.reset_password(token=token, new=NEW_PASSWORD, address=HOME).user == ada


@pytest.mark.deep
def test_a_refused_address_does_not_delay_other_emails(environment: dict[str, str], server: MailServer) -> None:
    for name in ("ann", "bob", "cid"):
        enqueue(MailKind.VERIFICATION, a_user(name).email)
    server.refuses.add("bob@example.com")

    ended = run_work({**environment, **server.environment})

    assert ended.stdout == report(3)
    assert recipients(server) == ["ann@example.com", "cid@example.com"]
    assert "dropped" in ended.stderr
    assert "550" in ended.stderr
    assert waiting() == []


@pytest.mark.deep
def test_without_a_mail_server_emails_stay_queued(environment: dict[str, str]) -> None:
    enqueue(MailKind.VERIFICATION, a_user("ann").email)
    nowhere = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(free_port())}

    ended = run_work({**environment, **nowhere})

    assert (ended.returncode, ended.stdout) == (0, report(1))
    assert "not sent (attempt 1): [Errno 111] Connection refused" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert waiting() == [("VERIFICATION", "ann@example.com", 1)]


@pytest.mark.deep
def test_a_password_is_not_sent_to_a_mail_server_without_tls(environment: dict[str, str], server: MailServer) -> None:
    enqueue(MailKind.VERIFICATION, a_user("ann").email)
    credentials = {"EMAIL_USE_TLS": "true", "EMAIL_HOST_USER": "cinema", "EMAIL_HOST_PASSWORD": "swordfish"}

    ended = run_work({**environment, **server.environment, **credentials})

    assert ended.stdout == report(1)
    assert "STARTTLS extension not supported by server" in ended.stderr
    assert server.delivered == []


def test_without_a_configured_mail_server_emails_are_written_to_the_output(environment: dict[str, str]) -> None:
    enqueue(MailKind.VERIFICATION, a_user("ann").email)

    ended = run_work(environment)

    assert "\nSubject: Verify your email address\n" in ended.stdout
    assert "\nTo: ann@example.com\n" in ended.stdout
    assert link_of(ended.stdout)[0] == "verify-email"
    assert ended.stdout.endswith(report(1))


@pytest.mark.deep
def test_an_email_about_a_booking_is_delivered_once_as_text_and_html(
    environment: dict[str, str], server: MailServer
) -> None:
    now = clock.now()
    HistoryRead.objects.update_or_create(pk=1, defaults={"read_until": now, "reread_until": now})
    ada = a_user("Ada", verified_email="ada@example.com")
    booking = a_booking("A1", by=ada)
    mailing = {**environment, **server.environment, "FRONT_END_URL": "https://cinema.example"}

    assert run_work(mailing).stdout == report(0, booking_emails=1)
    assert run_work(mailing).stdout == report(0)

    ((to, message),) = server.delivered
    assert to == ["ada@example.com"]
    assert booking.reference in message["Subject"]
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "My bookings: https://cinema.example/#/bookings\n" in text.get_content()


# ---------------------------------------------------------------------- in a loop


@pytest.mark.deep
def test_a_loop_sends_newly_queued_emails(environment: dict[str, str], server: MailServer, log: Path) -> None:
    loop = command("--loop", "--every", "0.05")
    with running(loop, {**environment, **server.environment}, log) as process:
        for n, name in enumerate(("ann", "bob"), start=1):
            enqueue(MailKind.VERIFICATION, a_user(name).email)
            wait_until(partial(delivered, server, n), what=f"the email, see {log}")
        wait_until(lambda: waiting() == [], what="the emails to be deleted")
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS_TO_END) == 0
    assert recipients(server) == ["ann@example.com", "bob@example.com"]
    assert log.read_text() == ""


@pytest.mark.deep
@pytest.mark.both
def test_a_loop_survives_a_database_outage(environment: dict[str, str], server: MailServer, log: Path) -> None:
    enqueue(MailKind.VERIFICATION, a_user("ann").email)
    loop = command("--loop", "--every", "0.05")
    with ExitStack() as programs:
        with no_database():
            process = programs.enter_context(running(loop, {**environment, **server.environment}, log))
            wait_until(lambda: " failed: " in log.read_text(), what="a failure to be logged")
            assert process.poll() is None
        wait_until(lambda: waiting() == [], what=f"the email, see {log}")
    assert recipients(server) == ["ann@example.com"]
    assert "Traceback" not in log.read_text()


@pytest.mark.deep
def test_an_email_of_a_killed_worker_is_sent_after_its_lease(
    environment: dict[str, str], server: MailServer, log: Path
) -> None:
    enqueue(MailKind.VERIFICATION, a_user("ann").email)
    server.hangs.set()
    loop = command("--loop", "--every", "0.05")
    with running(loop, {**environment, **server.environment, "EMAIL_TIMEOUT": "60"}, log) as process:
        wait_until(lambda: waiting() == [("VERIFICATION", "ann@example.com", 1)], what="the email to be claimed")
        process.kill()
        process.wait(SECONDS_TO_END)
    server.hangs.clear()

    assert run_work({**environment, **server.environment}).stdout == report(0)
    age_queued_emails(mail_delivery.LEASE)
    assert run_work({**environment, **server.environment}).stdout == report(1)
    assert recipients(server) == ["ann@example.com"]


@pytest.mark.deep
def test_several_workers_send_each_email_once(environment: dict[str, str], server: MailServer, tmp_path: Path) -> None:
    addresses = [a_user(f"user-{number}").email for number in range(30)]
    loop = command("--loop", "--every", "0.05")
    with ExitStack() as programs:
        for number in range(3):
            programs.enter_context(running(loop, {**environment, **server.environment}, tmp_path / f"log{number}"))
        for address in addresses:
            enqueue(MailKind.VERIFICATION, address)
        wait_until(lambda: waiting() == [], what="every email to be sent")
    assert sorted(recipients(server)) == sorted(addresses)
