"""Addresses that people name: nothing private is reached, however it is written or wrapped."""

import socket
from typing import Any

import pytest

from maskwright.core.errors import Invalid
from maskwright.core.outside import is_public, target_of

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",  # where clouds keep a machine's credentials
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "::ffff:127.0.0.1",  # mapped
    "::127.0.0.1",  # compatible
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::1",  # 6to4 of 127.0.0.1
    "2001:0:0a00:1::1",  # Teredo through 10.0.0.1
]
PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_however_wrapped(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_is_reached(address: str) -> None:
    assert is_public(address)


def _names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def answer(host: str, port: int, **kwargs: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_one_private_address_of_a_name_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    _names(monkeypatch, PUBLIC[0], "64:ff9b::7f00:1")
    with pytest.raises(Invalid, match="private network"):
        target_of("https://hook.example/in", [])
    listed = target_of("http://hook.example:8080/in?a=1", ["hook.example:8080"])
    assert (listed.address, listed.port, listed.path) == (PUBLIC[0], 8080, "/in?a=1")


@pytest.mark.parametrize(
    "url",
    [
        "hook.example",
        "ftp://hook.example/",
        "https://user:password@hook.example/",
        "https:///in",
        "https://hook.example:port/",
        "https://hook.example/a b",
        "https://hook.example/\x07",
        "http://hook.example/",
        "https://hook.example/" + "x" * 500,
    ],
)
def test_what_is_no_address_is_refused_on_its_field(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    _names(monkeypatch, PUBLIC[0])
    with pytest.raises(Invalid) as refused:
        target_of(url, [])
    assert [problem.path for problem in refused.value.fields] == ["url"]
