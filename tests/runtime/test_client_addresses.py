import pytest
from django.test import RequestFactory

from cinema.runtime.client_addresses import client_address, client_key

PROXY = "198.51.100.1"


def address_of(forwarded_for: str | None, *, trusted_proxies: int) -> str:
    headers = {} if forwarded_for is None else {"X-Forwarded-For": forwarded_for}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)
    return client_address(request.META, trusted_proxies=trusted_proxies)


@pytest.mark.parametrize("forwarded_for", [None, "", "192.0.2.1", "192.0.2.1, 192.0.2.2"])
def test_without_proxies_the_address_of_the_connection_is_used(forwarded_for: str | None) -> None:
    assert address_of(forwarded_for, trusted_proxies=0) == PROXY


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "address"),
    [
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "10.9.9.9, 192.0.2.1", "192.0.2.1"),
        (1, "10.9.9.9,192.0.2.1", "192.0.2.1"),
        (2, "10.9.9.9, 192.0.2.1, 203.0.113.1", "192.0.2.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "2001:DB8:0:0::1", "2001:db8::1"),
        (1, "::ffff:192.0.2.1", "192.0.2.1"),
        (1, "192.0.2.1:8000", "192.0.2.1"),
        (1, "[2001:db8::1]:8000", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_behind_proxies_the_client_address_is_the_one_seen_by_the_outermost_proxy(
    proxies: int, forwarded_for: str, address: str
) -> None:
    assert address_of(forwarded_for, trusted_proxies=proxies) == address


def test_a_negative_number_of_proxies_counts_as_zero() -> None:
    assert address_of("192.0.2.1, 192.0.2.2", trusted_proxies=-1) == PROXY


@pytest.mark.parametrize(
    "forwarded_for",
    [
        None,
        "",
        ",",
        " , ",
        "unknown",
        "_hidden",
        "192.0.2.1, garbage",
        "192.0.2.1, 1.2.3",
        "192.0.2.1, [",
        "é",
        "::1::",
    ],
)
def test_without_a_valid_forwarded_address_the_proxy_is_the_client(forwarded_for: str | None) -> None:
    assert address_of(forwarded_for, trusted_proxies=1) == PROXY


def test_the_header_is_not_trusted_when_the_request_skipped_a_proxy() -> None:
    assert address_of("192.0.2.1", trusted_proxies=2) == PROXY


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/56"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1::/56"),
        ("2001:db8:1:ff:ffff::1", "2001:db8:1::/56"),
        ("2001:db8:1:100::1", "2001:db8:1:100::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("::1", "::/56"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_the_client_key_is_the_ipv4_address_or_ipv6_network(address: str, expected: str) -> None:
    assert client_key(address) == expected
