"""Where requests come from."""

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# What one customer of a provider has; often each of their devices changes its address within it every day.
IPV6_BLOCK = 56


def client_address(request: HttpRequest) -> str:
    """The address the request came from.

    Behind proxies (`TRUSTED_PROXIES` of them) it is the one that the outermost of ours saw; whatever a client
    wrote into X-Forwarded-For itself stands further left and is not believed. Where that is no address, it is that of
    the proxy.
    """
    remote = str(request.META.get("REMOTE_ADDR", ""))
    trusted: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if trusted < 1 or len(hops) < trusted:
        return remote
    address = _address(hops[-trusted])
    return str(address) if address else remote


def block(address: str) -> str:
    """Whom to count under: the address, or for IPv6 the block of addresses that one client has for itself."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), IPV6_BLOCK), strict=False))
    return str(found or address)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address that `text` is, some proxies say with which port: 192.0.2.1:8000, [2001:db8::1]:8000."""
    host = text
    if text.startswith("["):
        host = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        host = text.partition(":")[0]
    with suppress(ValueError):
        address = ip_address(host)
        # As a server that listens on both writes what came over IPv4: ::ffff:192.0.2.1.
        return getattr(address, "ipv4_mapped", None) or address
    return None
