"""The command-line options of a run."""

import argparse
from collections.abc import Sequence

from tests.cluster.run import Options
from tests.proof.__main__ import new_seed


def parsed(arguments: Sequence[str], description: str | None = None) -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m tests.cluster", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60, help="how long the clients run (60)")
    parser.add_argument("--seed", type=int, default=new_seed(), help="seed of all random choices (new each time)")
    parser.add_argument(
        "--replication",
        choices=["synchronous", "asynchronous"],
        default="synchronous",
        help="with asynchronous replication, acknowledged bookings are lost, and the run has to fail",
    )
    return Options(**vars(parser.parse_args(arguments)))
