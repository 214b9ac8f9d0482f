"""The ports that a server listens on."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

LARGEST = 65535


@contextmanager
def reserved(host: str, port: int) -> Iterator[None]:
    """Reserve a port until the block ends. Raises `CommandError` if another server listens on it, or is starting.

    The HTTP server would share the port with that server. It opens the port seconds after this check.
    """
    if port > LARGEST:
        raise CommandError(f"Cannot listen on {host}, port {port}: the largest port is {LARGEST}.")
    with socket.socket(socket.AF_UNIX) as reservation:
        try:
            family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            _check_is_free(family, address)
            if sys.platform == "linux":
                # A name that is not in the file system. It is free when all processes with this socket have ended.
                reservation.bind(f"\0cinema {address[0]} {port}")
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error
        yield


def _check_is_free(family: int, address: tuple[object, ...]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the HTTP server does, so that it can restart while connections of the last one time out.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
