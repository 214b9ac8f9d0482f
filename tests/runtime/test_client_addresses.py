import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from cinema.runtime.client_addresses import block, client_address

PROXY = "198.51.100.1"


def seen_from(forwarded_for: str | None, remote: str = PROXY) -> str:
    headers = {} if forwarded_for is None else {"X-Forwarded-For": forwarded_for}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


@pytest.mark.parametrize("forwarded_for", [None, "", "192.0.2.1", "192.0.2.1, 192.0.2.2"])
def test_without_proxies_the_address_is_that_of_the_connection(forwarded_for: str | None) -> None:
    assert seen_from(forwarded_for) == PROXY


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
def test_behind_proxies_it_is_what_the_outermost_of_them_saw(
    settings: Settings, proxies: int, forwarded_for: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert seen_from(forwarded_for) == address


def test_fewer_than_no_proxies_believe_nothing(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = -1
    assert seen_from("192.0.2.1, 192.0.2.2") == PROXY


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
def test_behind_a_proxy_that_tells_no_address_it_is_the_proxys_own(
    settings: Settings, forwarded_for: str | None
) -> None:
    settings.TRUSTED_PROXIES = 1
    assert seen_from(forwarded_for) == PROXY


def test_a_request_that_did_not_pass_all_the_proxies_is_not_believed(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 2
    assert seen_from("192.0.2.1") == PROXY


@pytest.mark.parametrize(
    ("address", "counted_as"),
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
def test_whoever_has_ipv6_is_counted_by_the_block_that_is_theirs(address: str, counted_as: str) -> None:
    assert block(address) == counted_as
