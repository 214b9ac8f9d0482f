"""The proof that no seat is sold twice, regardless of crashes, retries and races.

    python -m tests.proof --seconds 60 --seed 7 --database postgresql

It starts the real server in several processes on a new database. Many clients hold, book, confirm, cancel, repeat calls
and disconnect. At the same time it kills processes, crashes the database, ends its connections and drops responses.
Then it checks that some order of the calls explains every response about every seat, and that the tables agree with the
responses. The exit status is 0 only if all of that held and enough happened.

A seed repeats the random choices, but not the timing.

With --seeded-bug the server has a known bug, and the proof has to fail.
"""

import argparse
import secrets
import signal
import sys

from tests.proof import report, seeded_bugs
from tests.proof.run import Options, run


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.proof", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60, help="how long the clients run (60)")
    parser.add_argument("--seed", type=int, default=new_seed(), help="seed of all random choices (new each time)")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--isolation", choices=["read committed", "serializable"], default="read committed")
    parser.add_argument("--seeded-bug", choices=sorted(seeded_bugs.SEEDED_BUGS), help="start the server with this bug")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        outcome = run(Options(**vars(options)))
    except KeyboardInterrupt:
        print("Interrupted: nothing was checked.")  # noqa: T201
        return 130
    for line in report.lines(outcome):
        print(line)  # noqa: T201 - the report
    return 0 if report.held(outcome) else 1


def new_seed() -> int:
    return secrets.randbelow(1_000_000)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
