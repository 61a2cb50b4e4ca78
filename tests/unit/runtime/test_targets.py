"""Where the server may send what a client names an address for."""

from __future__ import annotations

import pytest

from podium.core.errors import ConfigError, InputError, NotDelivered
from podium.runtime.targets import Targets


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        (["hooks.example.com"], "https://hooks.example.com/x?y=1"),
        (["hooks.example.com"], "https://HOOKS.example.com.:8443/x"),
        (["*.example.com"], "http://a.b.example.com"),
        (["*"], "https://anything.example"),
        (["*"], "https://93.184.216.34/"),
        (["10.1.0.0/16"], "http://10.1.2.3/"),
        (["10.1.2.3"], "http://10.1.2.3:8080/"),
        (["fd00::/8"], "http://[fd00::1]/"),
    ],
)
def test_what_is_named_is_allowed(hosts: list[str], url: str) -> None:
    Targets(hosts).check(url)


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        ([], "https://hooks.example.com/"),
        (["hooks.example.com"], "https://evil.example.com/"),
        (["*.example.com"], "https://example.com.evil.org/"),
        (["*.example.com"], "https://badexample.com/"),
        (["hooks.example.com"], "https://93.184.216.34/"),
        (["*"], "http://127.0.0.1/"),
        (["*"], "http://10.0.0.1/"),
        (["*"], "http://169.254.169.254/latest/meta-data"),
        (["*"], "http://[::1]/"),
        (["*"], "http://[::ffff:10.0.0.1]/"),
        (["*"], "http://[64:ff9b::a00:1]/"),
        (["*"], "http://[2002:a00:1::]/"),
        (["*"], "http://0.0.0.0/"),
        (["*"], "http://[fe80::1%25eth0]/"),
        (["*"], "ftp://example.com/"),
        (["*"], "https://user:secret@example.com/"),
        (["*"], "https:///nothing"),
        (["*"], "https://example.com:99999/"),
        (["*"], "nothing"),
    ],
)
def test_what_is_not_named_or_lies_inside_is_refused(hosts: list[str], url: str) -> None:
    with pytest.raises(InputError):
        Targets(hosts).check(url)


def test_this_machine_is_allowed_in_dev_alone() -> None:
    for url in ("http://localhost:1/", "http://127.0.0.1:1/", "http://[::1]:1/"):
        Targets([], loopback=True).check(url)
        with pytest.raises(InputError):
            Targets([]).check(url)
    with pytest.raises(InputError):
        Targets([], loopback=True).check("http://10.0.0.1/")


async def test_a_name_that_leads_inside_is_refused() -> None:
    with pytest.raises(NotDelivered, match="not allowed") as caught:
        await Targets(["localhost"]).address_of("http://localhost:1/")
    assert not caught.value.retryable


async def test_the_address_is_the_one_that_was_looked_up() -> None:
    found = await Targets([], loopback=True).address_of("http://localhost:1/")
    assert found in ("127.0.0.1", "::1")


async def test_what_is_not_allowed_any_more_is_given_up() -> None:
    with pytest.raises(NotDelivered) as caught:
        await Targets([]).address_of("https://hooks.example.com/")
    assert not caught.value.retryable


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match="is no network"):
        Targets(["10.0.0.0/99"])
