"""Which storage hosts this installation may talk to.

A tenant names an endpoint; the server connects to it. Without this wall that is a way into the operator's network.
Rule: the host is a cloud vendor's own storage host and resolves to public addresses only, or the operator listed it
in STORAGE_ENDPOINTS (`host` or `host:port`; then it may be private).
"""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from labeling.errors import EndpointRefused

_VENDOR_HOSTS = re.compile(
    r"(s3[.-]([a-z0-9-]+\.)?(dualstack\.)?([a-z0-9-]+\.)?amazonaws\.com(\.cn)?"
    r"|storage\.googleapis\.com"
    r"|[a-z0-9]{3,24}\.blob\.core\.(windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)"
    r"|[a-z0-9]+(\.eu)?\.r2\.cloudflarestorage\.com"
    r"|s3\.[a-z0-9-]+\.backblazeb2\.com|s3\.([a-z0-9-]+\.)?wasabisys\.com|[a-z0-9-]+\.digitaloceanspaces\.com)"
)


def check_endpoint(endpoint: str) -> None:
    """Raise EndpointRefused unless this installation may connect to the endpoint's host."""
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise EndpointRefused(_("The endpoint is no address. Write https://host or https://host:port.")) from None
    plain = not (parts.username or parts.password or parts.query or parts.fragment) and parts.path in ("", "/")
    if parts.scheme not in ("http", "https") or not host or not plain:
        raise EndpointRefused(_("The endpoint is no address. Write https://host or https://host:port, nothing more."))
    listed = {entry.lower() for entry in settings.STORAGE_ENDPOINTS}
    number = port or (443 if parts.scheme == "https" else 80)
    if host in listed or f"{host}:{number}" in listed:
        return
    if not _VENDOR_HOSTS.fullmatch(host):
        raise EndpointRefused(
            _(
                "This installation may not connect to %(host)s. Ask the operator to add %(host)s:%(number)s to "
                "STORAGE_ENDPOINTS, or leave the endpoint empty for the cloud vendor's own storage."
            )
            % {"host": host, "number": number}
        )
    if parts.scheme != "https":
        raise EndpointRefused(_("Use https://%(host)s: credentials never travel in the clear.") % {"host": host})
    check_public(host, number)


def check_public(host: str, port: int) -> None:
    """Raise EndpointRefused when a host does not resolve, or resolves to an address inside of a private network."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise EndpointRefused(_("The host %(host)s cannot be found. Check its spelling.") % {"host": host}) from None
    for entry in found:
        address = ipaddress.ip_address(str(entry[4][0]).partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        if not (mapped or address).is_global:
            raise EndpointRefused(
                _("The host %(host)s leads into a private network. Ask the operator to allow it.") % {"host": host}
            )
