"""Checks the hosts of `network` in its own namespaces. `test_network` runs it."""

import socket
import sys
from collections.abc import Callable

from tests.cluster import isolation, network
from tests.cluster.network import Host
from tests.waiting import wait_until

PORTS = (8001, 8002)
TIMEOUT_SECONDS = 0.3


def main() -> int:
    hosts = network.create(["left", "right"], isolation.DIRECTORY)
    left, right = hosts.values()
    servers = {port: left.start("/usr/bin/env", "python3", "-m", "http.server", str(port), log="log") for port in PORTS}
    wait_until(lambda: all(map(_reaches(left), PORTS)), what="the servers")

    right.cut_off(PORTS[0])
    assert [_connects(right, left, port) for port in PORTS] == [False, True]
    right.reconnect()
    left.partition()
    assert [_connects(right, left, port) for port in PORTS] == [False, False]
    left.reconnect()
    assert [_connects(right, left, port) for port in PORTS] == [True, True]

    left.pause(spare={servers[PORTS[0]].pid})
    assert [_responds(left, port) for port in PORTS] == [True, False]
    left.resume()
    assert [_responds(left, port) for port in PORTS] == [True, True]
    left.kill(spare={servers[PORTS[0]].pid})
    assert [_connects(right, left, port) for port in PORTS] == [True, False]
    left.kill()
    assert left.pids() == []
    return 0


def _reaches(host: Host) -> Callable[[int], bool]:
    return lambda port: _responds(host, port)


def _responds(host: Host, port: int) -> bool:
    """Whether the server sends a response to the bridge."""
    try:
        with socket.create_connection((host.address, port), TIMEOUT_SECONDS) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return bool(connection.recv(1))
    except OSError:
        return False


def _connects(from_host: Host, to_host: Host, port: int) -> bool:
    script = f"import socket; socket.create_connection(('{to_host.address}', {port}), {TIMEOUT_SECONDS})"
    return from_host.start("/usr/bin/env", "python3", "-c", script, log="log").wait() == 0


if __name__ == "__main__":
    sys.exit(isolation.supervise(main))
