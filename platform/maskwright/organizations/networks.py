"""From which networks an organization's labelers may work: IPv4 and IPv6 networks, none for everywhere.

Ground Truth's `SourceIpConfig` of a workforce. It binds whoever labels or reviews; owners, managers and auditors come
from anywhere, so that nobody locks out those who can open the list again. The address is the one the server sees:
behind a proxy the one a trusted proxy names (`TRUSTED_PROXIES`), never what a client says of itself.
"""

import ipaddress
from collections.abc import Iterable, Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _

from maskwright.core.errors import FieldProblem, NotAllowed
from maskwright.organizations.permissions import Role

#: More would be no list that a person can check.
MOST = 50
#: Whom the list binds.
BOUND = frozenset({Role.LABELER, Role.REVIEWER})


class NetworkNotAllowed(NotAllowed):
    """The request came from a network that the organization does not let its labelers work from."""

    code = "network_not_allowed"


def is_allowed(address: str, networks: Sequence[str]) -> bool:
    """Whether an address lies in one of the networks; an IPv4 address also where it came written as IPv6."""
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False  # a Unix socket or a test's name: no network at all
    mapped = getattr(found, "ipv4_mapped", None)
    ways = [found] if mapped is None else [found, mapped]
    return any(one in network for network in map(ipaddress.ip_network, networks) for one in ways)


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def refusal(address: str) -> NetworkNotAllowed:
    return NetworkNotAllowed(
        _("Your organization does not allow work from your network (%(address)s). Ask a manager to allow it.")
        % {"address": address or "?"}
    )


def read_networks(lines: Iterable[str]) -> tuple[list[str], list[FieldProblem]]:
    """The networks in their usual form, each once and in order, and what is wrong, each with its place."""
    found: dict[str, None] = {}
    problems = []
    given = [line.strip() for line in lines]
    for place, line in enumerate(given):
        if not line:
            continue
        try:
            network = ipaddress.ip_network(line)
        except ValueError:
            problems.append(FieldProblem(f"networks.{place}", "network", _problem(line)))
        else:
            found[str(network)] = None
    if len(found) > MOST:
        message = _("At most %(most)d networks. Put neighbouring ones together.") % {"most": MOST}
        problems.append(FieldProblem("networks", "too_many", message))
    return list(found), problems


def _problem(line: str) -> str:
    """Bits behind the prefix are the usual slip, so the network that was meant is named."""
    try:
        meant = ipaddress.ip_network(line, strict=False)
    except ValueError:
        return _("'%(line)s' is no network. Write it as 203.0.113.0/24, 2001:db8::/32, or one address.") % {
            "line": line[:100]
        }
    return _("'%(line)s' has bits behind the prefix. Do you mean %(meant)s?") % {"line": line[:100], "meant": meant}
