"""Addresses that people name and this server calls: never into a private network, whatever the name server says.

A name is resolved once, and what is connected to is the address that was checked. IPv4 addresses are also found where
they are wrapped into IPv6 (mapped, 6to4 RFC 3056, Teredo RFC 4380, NAT64 RFC 6052), since a gateway unwraps them.
"""

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from maskwright.core.errors import FieldProblem, Invalid

MOST = 500  # characters of an address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: Of one network's own gateways (RFC 8215): where it leads is not known here.
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.ip_network("::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Target:
    """What to connect to: `address` is one of `host`, checked."""

    parts: SplitResult
    host: str
    port: int
    address: str

    @property
    def path(self) -> str:
        return (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")


def target_of(url: str, listed: Iterable[str]) -> Target:
    """Check and resolve an address. `listed`: `host` or `host:port` that may be private and speak http.

    Raises Invalid, on the field `url`.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _refused(_("This is no address. Write https://host/path.")) from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password or len(url) > MOST:
        raise _refused(_("This is no address. Write https://host/path."))
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise _refused(_("This is no address. Write https://host/path."))
    number = port or (443 if parts.scheme == "https" else 80)
    names = {entry.lower() for entry in listed}
    is_listed = host in names or f"{host}:{number}" in names
    if parts.scheme != "https" and not is_listed:
        raise _refused(_("Use https: what is sent there must not be read on the way."))
    return Target(parts, host, number, _resolve(host, number, is_listed))


def is_public(text: str) -> bool:
    """Whether an IP address is one of the internet, and so is the IPv4 address in it, if there is one."""
    ways = _ways(ipaddress.ip_address(text.partition("%")[0]))
    return all(one.is_global and one not in _LOCAL_NAT64 for one in ways)


def _ways(address: _Address) -> Iterator[_Address]:
    """The addresses a packet to `address` may end at."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    yield address
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64 or address in _COMPATIBLE:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _resolve(host: str, port: int, is_listed: bool) -> str:
    """One of the host's addresses, all of which are public unless the operator listed it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _refused(_("The host %(host)s cannot be found. Check its spelling.") % {"host": host}) from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not is_listed and not all(map(is_public, addresses)):
        raise _refused(
            _("The host %(host)s leads into a private network. Ask the operator to allow it.") % {"host": host}
        )
    return addresses[0]


def _refused(message: str) -> Invalid:
    return Invalid(message, fields=(FieldProblem("url", "refused", message),))
