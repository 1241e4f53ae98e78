"""Post to an address that a person named: signed, without redirects, and never into a private network.

The name is resolved once; what is connected to is one of the addresses that were checked, so that a second answer of
the name server changes nothing. The operator may list hosts (`host` or `host:port`) in WEBHOOK_ENDPOINTS, which may be
private and may speak http.
"""

import hashlib
import hmac
import http.client
import socket
import ssl
import time

from django.conf import settings
from django.utils.translation import gettext as _

from maskwright.core.outside import Target, target_of

TIMEOUT = 10.0  # seconds, for connecting and for the answer


class WebhookFailed(Exception):
    """The other side could not be reached, or did not say 2xx; trying again may help."""


def check_webhook(url: str) -> None:
    """Raise Invalid unless the address may be posted to."""
    _target(url)


def _target(url: str) -> Target:
    return target_of(url, settings.WEBHOOK_ENDPOINTS)


def post_signed(url: str, secret: str, body: bytes, *, delivery: str) -> None:
    """Post JSON. `X-Maskwright-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA256 of `<seconds>.<body>` with the
    secret; `X-Maskwright-Delivery` is the same when it is posted again, so that the receiver can leave out repeats.

    Raises Invalid (never to be tried again) or WebhookFailed.
    """
    target = _target(url)
    headers = {
        "Host": target.parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "Maskwright",
        "X-Maskwright-Delivery": delivery,
        "X-Maskwright-Signature": sign(secret, body, int(time.time())),
    }
    try:
        status = _post(target, headers, body)
    except (OSError, http.client.HTTPException) as error:
        raise WebhookFailed(f"{type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        raise WebhookFailed(_("The webhook's server answered with status %(status)s.") % {"status": status})


def sign(secret: str, body: bytes, at: int) -> str:
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def _post(target: Target, headers: dict[str, str], body: bytes) -> int:
    link: socket.socket = socket.create_connection((target.address, target.port), timeout=TIMEOUT)
    try:
        if target.parts.scheme == "https":
            link = ssl.create_default_context().wrap_socket(link, server_hostname=target.host)
        client = http.client.HTTPConnection(target.host, target.port, timeout=TIMEOUT)
        client.sock = link
        client.request("POST", target.path, body, headers)
        answer = client.getresponse()
        answer.read(1024)
        return answer.status
    finally:
        link.close()
