"""A proxy between clients and server that loses requests, and throws answers away after the server has acted.

One request per connection. What it loses ends for the client with a reset connection, as a network does it.
"""

import contextlib
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 30
# Of what goes through in quiet times, and during a burst.
QUIET = 0.01
BURST = 0.7
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Between `port` and the server's. `lost` counts requests and answers."""

    def __init__(self, *, server_port: int, random: Random, quiet: float = QUIET) -> None:
        self.lost: Counter[str] = Counter()
        self._server_port = server_port
        self._random = random
        self._quiet = quiet
        self._burst_until = 0.0
        self._listener = socket.create_server((HOST, 0), backlog=256)
        self.port = int(self._listener.getsockname()[1])

    def burst(self, seconds: float) -> None:
        """Throw most answers away for so long."""
        self._burst_until = time.monotonic() + seconds

    def serve(self) -> None:
        """Until it is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._exchange, args=(client,), daemon=True).start()

    def close(self) -> None:
        # Closing alone would not wake a thread that is in accept.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _exchange(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(TIMEOUT_SECONDS)
            request = _message(client)
            if not request:
                return
            if self._loses("requests", self._quiet):
                _reset(client)
                return
            answer = self._answer(request)
            burst = time.monotonic() < self._burst_until
            if not answer or self._loses("answers", BURST if burst else self._quiet):
                _reset(client)
                return
            client.sendall(answer)

    def _answer(self, request: bytes) -> bytes:
        """All that the server says before it hangs up, which a killed one may do early; nothing if it is not there."""
        answer = b""
        with (
            contextlib.suppress(OSError),
            socket.create_connection((HOST, self._server_port), TIMEOUT_SECONDS) as server,
        ):
            server.sendall(request)
            while part := server.recv(65536):
                answer += part
        return answer

    def _loses(self, what: str, share: float) -> bool:
        lost = self._random.random() < share
        self.lost[what] += lost
        return lost


@contextmanager
def started(*, server_port: int, random: Random, quiet: float = QUIET) -> Iterator[Proxy]:
    proxy = Proxy(server_port=server_port, random=random, quiet=quiet)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(TIMEOUT_SECONDS)


def _message(connection: socket.socket) -> bytes:
    """One HTTP request: its head, and as much as the head says. Nothing, if the client hung up before."""
    message = b""
    while b"\r\n\r\n" not in message:
        part = connection.recv(65536)
        if not part:
            return b""
        message += part
    head, _, body = message.partition(b"\r\n\r\n")
    missing = _length(head) - len(body)
    while missing > 0:
        part = connection.recv(65536)
        if not part:
            return b""
        message += part
        missing -= len(part)
    return message


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
