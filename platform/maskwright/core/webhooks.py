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
import threading
import time
from contextlib import suppress

from django.conf import settings
from django.utils.translation import gettext as _

from maskwright.core.outside import Target, target_of
from maskwright.core.scope import scope_or_none

TIMEOUT = 10.0  # seconds, for everything: connecting, sending, the whole answer
MOST_BYTES = 1 << 20
#: Said by a server that is busy; any other status below 500 is about what was posted, and would be said again.
_PASSING = frozenset({408, 425, 429})


class WebhookFailed(Exception):
    """The other side could not be reached, or did not say 2xx; trying again may help."""


class WebhookRefused(WebhookFailed):
    """The other side answered, and would answer the same again: it does not take this, or says too much."""


def check_webhook(url: str) -> None:
    """Raise Invalid unless the address may be posted to."""
    _target(url)


def _target(url: str) -> Target:
    return target_of(url, settings.WEBHOOK_ENDPOINTS)


def post_signed(url: str, secret: str, body: bytes, *, delivery: str) -> None:
    """`call_signed`, for receivers whose answer says nothing."""
    call_signed(url, secret, body, delivery=delivery, max_bytes=0)


def call_signed(
    url: str,
    secret: str,
    body: bytes,
    *,
    delivery: str,
    timeout: float = TIMEOUT,
    max_bytes: int = MOST_BYTES,
) -> bytes:
    """Post JSON; what was answered. `X-Maskwright-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA256 of
    `<seconds>.<body>` with the secret; `X-Maskwright-Delivery` and `Idempotency-Key` are the same when it is posted
    again, so that the receiver can leave out repeats.

    Takes `timeout` seconds at most, however slowly the other side speaks, so it is never called inside a scope, whose
    transaction it would hold open. With `max_bytes` 0 the answer's body is not read. Raises Invalid (never to be tried
    again), WebhookRefused or WebhookFailed.
    """
    if scope_or_none() is not None:
        raise RuntimeError("A webhook is called outside of any organization's scope, since that is a transaction.")
    target = _target(url)
    headers = {
        "Host": target.parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "Maskwright",
        "Idempotency-Key": delivery,
        "X-Maskwright-Delivery": delivery,
        "X-Maskwright-Signature": sign(secret, body, int(time.time())),
    }
    try:
        status, answer = _post(target, headers, body, timeout, max_bytes)
    except (OSError, http.client.HTTPException) as error:
        raise WebhookFailed(f"{type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        kind = WebhookRefused if status < 500 and status not in _PASSING else WebhookFailed
        raise kind(_("The webhook's server answered with status %(status)s.") % {"status": status})
    if max_bytes and len(answer) > max_bytes:
        raise WebhookRefused(_("The webhook's server answered with more than %(most)d bytes.") % {"most": max_bytes})
    return answer


def sign(secret: str, body: bytes, at: int) -> str:
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def _post(target: Target, headers: dict[str, str], body: bytes, timeout: float, max_bytes: int) -> tuple[int, bytes]:
    """The status, and up to one byte more of the body than may be read."""
    until = time.monotonic() + timeout
    link: socket.socket = socket.create_connection((target.address, target.port), timeout=timeout)
    links = [link]
    # A timeout of the socket begins anew with every byte; this ends the whole.
    watch = threading.Timer(max(0.0, until - time.monotonic()), _hang_up, [links])
    watch.daemon = True
    watch.start()
    try:
        if target.parts.scheme == "https":
            secured = ssl.create_default_context().wrap_socket(
                link, server_hostname=target.host, do_handshake_on_connect=False
            )
            links.append(secured)
            secured.do_handshake()
            link = secured
        client = http.client.HTTPConnection(target.host, target.port, timeout=timeout)
        client.sock = link
        client.request("POST", target.path, body, headers)
        answer = client.getresponse()
        data = answer.read(max_bytes + 1) if max_bytes else b""
        if time.monotonic() >= until:
            raise TimeoutError(_("no answer within %(seconds)d seconds") % {"seconds": timeout})
        return answer.status, data
    except (OSError, http.client.HTTPException):
        if time.monotonic() >= until:
            raise TimeoutError(_("no answer within %(seconds)d seconds") % {"seconds": timeout}) from None
        raise
    finally:
        watch.cancel()
        for one in links:
            one.close()


def _hang_up(links: list[socket.socket]) -> None:
    with suppress(OSError):
        # As a plain socket: what is said in TLS is of no interest any more, and the other thread still reads.
        socket.socket.shutdown(links[-1], socket.SHUT_RDWR)
