"""The proof that no seat is sold twice, whatever crashes, retries or races.

    python -m tests.proof --seconds 60 --seed 7 --database postgresql

It starts the real server in several processes on a database of its own, lets many clients hold, book, confirm, give
back, repeat themselves and disappear, and meanwhile kills processes, crashes the database, ends its connections and
throws answers away. Then it checks that some order of the calls explains every answer about every seat, and that
the tables agree with the answers. The exit status is 0 only if all of that held, and enough happened to tell.

A seed repeats what everybody chooses to do, though not how fast the machine is while they do it.

With --plant the server is broken on purpose; then the proof has to fail.
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
    parser.add_argument("--seconds", type=float, default=60, help="how long clients are at work (60)")
    parser.add_argument("--seed", type=int, default=new_seed(), help="of all random choices (a new one each time)")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--isolation", choices=["read committed", "serializable"], default="read committed")
    parser.add_argument("--plant", choices=sorted(seeded_bugs.PLANTS), help="break the server on purpose")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        outcome = run(Options(**vars(options)))
    except KeyboardInterrupt:
        print("Interrupted; nothing is proved.")  # noqa: T201
        return 130
    for line in report.lines(outcome):
        print(line)  # noqa: T201 - what it is for
    return 0 if report.held(outcome) else 1


def new_seed() -> int:
    return secrets.randbelow(1_000_000)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
