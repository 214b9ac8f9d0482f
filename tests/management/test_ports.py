"""One server per port, also while it starts."""

import pytest
from django.core.management import CommandError

from cinema.management.ports import reserved
from tests.proof.server import HOST, free_port


def test_a_reserved_port_is_refused_until_it_is_released() -> None:
    port = free_port()
    with reserved(HOST, port):
        # Nothing listens on it yet.
        with (
            pytest.raises(CommandError, match=f"^Cannot listen on {HOST}, port {port}: Address already in use.$"),
            reserved(HOST, port),
        ):
            pass
        with reserved(HOST, free_port()):
            pass
    with reserved(HOST, port):
        pass


def test_a_number_that_is_no_port_is_refused() -> None:
    with pytest.raises(CommandError, match="the largest port is 65535"), reserved(HOST, 65536):
        pass
