"""Who opens a WebSocket: a browser by its session, from our own pages only; a program by a single-use ticket."""

import hashlib
import uuid
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error
from django.http import HttpRequest, parse_cookie
from django.http.request import validate_host

from maskwright.accounts.models import ApiToken, User
from maskwright.accounts.services.tickets import use_ticket
from maskwright.accounts.sessions import ONLY
from maskwright.core.scope import organization_scope
from maskwright.core.socket import RIGHTS_ENDED, SIGNED_OUT, TRY_AGAIN, Watch, in_database
from maskwright.organizations.middleware import SESSION_KEY, actor_of, memberships_of, scopes_of
from maskwright.organizations.networks import BOUND, is_allowed


class SocketGate:
    """ASGI middleware: sets `scope["admitted"]` to a Watch, or to the code the socket is to be closed with.

    A page of another site can open a socket with our cookie, so a session counts only with an Origin that is ours;
    else the handshake itself is refused. A ticket needs no Origin: a foreign page has none.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]}
        ticket = parse_qs(scope.get("query_string", b"").decode("latin1")).get("ticket", [""])[-1]
        if not ticket and not _is_ours(headers):
            await receive()
            await send({"type": "websocket.close", "code": RIGHTS_ENDED})
            return None
        try:
            address = str((scope.get("client") or ("",))[0])
            admitted = await (
                in_database(_by_ticket, ticket, address) if ticket else in_database(_by_session, headers, address)
            )
        except Error:
            admitted = TRY_AGAIN
        return await self.inner({**scope, "admitted": admitted}, receive, send)


def _is_ours(headers: dict[str, str]) -> bool:
    """The page's own origin is the address it calls, or one the operator trusts."""
    origin, host = headers.get("origin", ""), headers.get("host", "")
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    return parts.netloc == host and validate_host(_without_port(host), settings.ALLOWED_HOSTS)


def _without_port(host: str) -> str:
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host


def _by_ticket(secret: str, address: str) -> Watch | int:
    found = use_ticket(secret)
    if found is None:
        return SIGNED_OUT
    user, organization_id, token_id = found
    if token_id is None:
        return _watch(user, organization_id, "", address)
    token = ApiToken.objects.filter(pk=token_id).first()
    return SIGNED_OUT if token is None else _watch(user, organization_id, "", address, token)


def _by_session(headers: dict[str, str], address: str) -> Watch | int:
    key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return SIGNED_OUT
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    if not user.is_authenticated:
        return SIGNED_OUT
    chosen = request.session.get(ONLY) or request.session.get(SESSION_KEY)
    if chosen:
        return _watch(user, uuid.UUID(chosen), key, address)
    # As for a request: who is in one organization only needs not choose.
    memberships = memberships_of(user)
    return _watch(user, memberships[0].organization_id, key, address) if len(memberships) == 1 else RIGHTS_ENDED


def _watch(
    user: User, organization_id: uuid.UUID, session_key: str, address: str, token: ApiToken | None = None
) -> Watch | int:
    with organization_scope(organization_id, user_id=user.pk):
        actor = actor_of(user, organization_id)
    if actor is None or actor.lacks_second_factor or not is_allowed(address, actor.networks):
        return RIGHTS_ENDED
    credential = hashlib.sha256(user.password.encode()).hexdigest()
    return Watch(
        user.pk,
        organization_id,
        actor.role,
        actor.membership_version,
        credential,
        session_key,
        token_id=None if token is None else token.pk,
        scopes=None if token is None else scopes_of(token),
        address=address if actor.role in BOUND else None,
    )
