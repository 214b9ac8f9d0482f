"""The shortest SQL that sells a seat durably, run by pgbench."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.environment import FOLDER

# One statement is one transaction. Each client sells every `clients`-th seat.
SCRIPT = """
\\set offset :n * :clients + :client_id
\\set n :n + 1
\\set seat :first_seat + :offset
\\set reference :show * 10000 + :offset
WITH booking AS (
    INSERT INTO cinema_booking (user_id, show_id, reference, status, total, currency, created_at, confirmed_at)
    VALUES (:user, :show, lpad(to_hex(:reference::bigint), 8, '0'), 'CONFIRMED', 10, 'USD', now(), now())
    RETURNING id
)
INSERT INTO cinema_ticket (booking_id, show_id, seat_id, price, changed_at)
SELECT id, :show, :seat, 10, now() FROM booking;
"""


def sell(
    program: Path, database: str, *, clients: int, transactions: int, show: int, first_seat: int, user: int
) -> list[float]:
    """Sell `transactions` seats, beginning with `first_seat`. Returns the duration of each transaction in milliseconds.

    Raises `CalledProcessError` if one fails.
    """
    variables = {"clients": clients, "show": show, "first_seat": first_seat, "user": user, "n": 0}
    with TemporaryDirectory() as folder:
        script = Path(folder) / "script.sql"
        script.write_text(SCRIPT)
        subprocess.run(  # noqa: S603 - our own program
            [
                program,
                *("--host", FOLDER, "--username", "postgres", "--no-vacuum", "--protocol", "prepared"),
                *("--client", str(clients), "--transactions", str(transactions // clients), "--exit-on-abort"),
                *(f"--define={name}={value}" for name, value in variables.items()),
                *("--file", script, "--log", "--log-prefix", Path(folder) / "log", database),
            ],
            check=True,
            capture_output=True,
        )
        logs = [path.read_text() for path in Path(folder).glob("log.*")]
    # The third column is the time of a transaction in microseconds.
    return [int(line.split()[2]) / 1000 for log in logs for line in log.splitlines()]
