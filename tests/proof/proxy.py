"""A proxy between clients and server that drops requests, and drops responses after the server has acted.

It handles one request per connection. If it drops a request or a response, it resets the connection to the client.
With several servers, it chooses one for each request.
"""

import contextlib
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random

# Host and port.
Address = tuple[str, int]

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 30
# The share of messages that is dropped normally, and the share of responses during a burst.
NORMAL_LOSS = 0.01
BURST_LOSS = 0.7
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on `port` and forwards to the servers. `dropped` counts dropped requests and responses."""

    def __init__(self, *, servers: Sequence[Address], random: Random, loss: float = NORMAL_LOSS) -> None:
        self.dropped: Counter[str] = Counter()
        self._servers = servers
        self._random = random
        self._loss = loss
        self._burst_until = 0.0
        self._listener = socket.create_server((HOST, 0), backlog=256)
        self.port = int(self._listener.getsockname()[1])

    def burst(self, seconds: float) -> None:
        """Drop most responses for `seconds`."""
        self._burst_until = time.monotonic() + seconds

    def serve(self) -> None:
        """Accept connections until the proxy is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._exchange, args=(client,), daemon=True).start()

    def close(self) -> None:
        # Closing the socket does not end a blocking accept; shutting it down does.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _exchange(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(TIMEOUT_SECONDS)
            request = _message(client)
            if not request:
                return
            if self._drops("requests", self._loss):
                _reset(client)
                return
            response = self._response(request)
            burst = time.monotonic() < self._burst_until
            if not response or self._drops("responses", BURST_LOSS if burst else self._loss):
                _reset(client)
                return
            client.sendall(response)

    def _response(self, request: bytes) -> bytes:
        """Everything that the server sends before it disconnects. Empty if it cannot be reached."""
        response = b""
        with (
            contextlib.suppress(OSError),
            socket.create_connection(self._random.choice(self._servers), TIMEOUT_SECONDS) as server,
        ):
            server.sendall(request)
            while part := server.recv(65536):
                response += part
        return response

    def _drops(self, kind: str, share: float) -> bool:
        dropped = self._random.random() < share
        self.dropped[kind] += dropped
        return dropped


@contextmanager
def started(*, servers: Sequence[Address], random: Random, loss: float = NORMAL_LOSS) -> Iterator[Proxy]:
    proxy = Proxy(servers=servers, random=random, loss=loss)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(TIMEOUT_SECONDS)


def _message(connection: socket.socket) -> bytes:
    """One HTTP request: its head, and a body of the length in the head. Empty if the client disconnected before."""
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
