"""The proof that nothing is lost and no seat is sold twice, regardless of the failures of hosts.

    python -m tests.cluster --seconds 600 --seed 7

It creates hosts as network namespaces on this machine: three with PostgreSQL, Patroni and etcd, two with the server,
PgBouncer and HAProxy, and one with Redis. The clients of `tests.proof` use both servers. At the same time hosts are
killed, paused and cut off from the network. Then every response is checked, as in `tests.proof`. The exit status is 0
only if all of that held, the service always resumed in time, and enough happened.

A seed repeats the random choices, but not the timing.

With --replication asynchronous, acknowledged bookings are lost, and the proof has to fail.
"""

import shlex
import signal
import sys

from config.environment import BASE_DIR
from tests.cluster import isolation, programs
from tests.cluster.options import parsed


def main(arguments: list[str]) -> int:
    options = parsed(arguments, __doc__)
    if missing := programs.missing():
        print(missing)  # noqa: T201
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _, _, module, *repeated = shlex.split(options.command)
    command = [sys.executable, "-m", f"{module}.inside", *repeated]
    try:
        return isolation.run(command, directory=BASE_DIR)
    except KeyboardInterrupt:
        print("Interrupted: nothing was checked.")  # noqa: T201
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
