"""The address of a client, and the key under which a client is counted."""

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

# Providers assign each customer a network of this size. Devices often change their address within it every day.
IPV6_PREFIX_LENGTH = 56
# No address with a port is longer. The cache must not store longer texts.
MAX_LENGTH = 60


def client_address(meta: Mapping[str, Any], *, trusted_proxies: int) -> str:
    """The address of the client that sent a request. `meta` is the `META` of the request.

    With `trusted_proxies` proxies in front of the server, it is the address that the outermost of them wrote into
    X-Forwarded-For. Entries further left come from the client and are not trusted. If the header has fewer entries,
    or the entry is not an address, it is the address of the connection.
    """
    connected_from = str(meta.get("REMOTE_ADDR", ""))
    if trusted_proxies < 1:
        return connected_from
    hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if len(hops) < trusted_proxies:
        return connected_from
    address = _parse(hops[-trusted_proxies][:MAX_LENGTH])
    return str(address) if address else connected_from


@lru_cache(maxsize=4096)
def client_key(address: str) -> str:
    """The key by which a client is counted: its IPv4 address, or the IPv6 network of one customer."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), IPV6_PREFIX_LENGTH), strict=False))
    return str(parsed or address)


# Parsing takes as long as a tenth of a small request.
@lru_cache(maxsize=4096)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """The address in `text`, or None. Some proxies append the port: 192.0.2.1:8000, [2001:db8::1]:8000."""
    host = text
    if text.startswith("["):
        host = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        host = text.partition(":")[0]
    with suppress(ValueError):
        address = ip_address(host)
        # A server that listens on IPv4 and IPv6 writes an IPv4 address as ::ffff:192.0.2.1.
        return getattr(address, "ipv4_mapped", None) or address
    return None
