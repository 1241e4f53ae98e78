"""Talking to an identity provider that an organization named: guarded as every address that people name.

Source: OpenID Connect Discovery 1.0, sections 4.1 to 4.3.
"""

import functools
from collections.abc import Mapping
from typing import Any

import requests
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter

from maskwright.core.errors import Invalid
from maskwright.core.outside import target_of

TIMEOUT = 10.0  # seconds
_KEPT = 300  # seconds that a configuration is not asked for again
_MOST = 1_000_000  # bytes of an answer
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")
NEEDED = ENDPOINTS[:4]


class _Guarded(HTTPAdapter):
    """Connects to the address that was checked, under the name that was asked for; redirects come through here too."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            target = target_of(request.url or "", settings.IDENTITY_ENDPOINTS)
        except Invalid as error:
            raise requests.ConnectionError(error.message) from error
        literal = f"[{target.address}]" if ":" in target.address else target.address
        request.headers["Host"] = target.parts.netloc
        request.url = target.parts._replace(netloc=f"{literal}:{target.port}").geturl()
        if target.parts.scheme == "https":
            # One session for each conversation, so these are this connection's.
            self.poolmanager.connection_pool_kw |= {"server_hostname": target.host, "assert_hostname": target.host}
        answer = super().send(request, *args, **{**kwargs, "stream": True})
        body = answer.raw.read(_MOST + 1, decode_content=True)
        if len(body) > _MOST:
            raise requests.ConnectionError(_("The identity provider's answer is too long."))
        answer._content = body
        return answer


def guarded_session() -> requests.Session:
    """Without proxies or credentials of this machine's environment, and with a time limit."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 3
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Guarded(max_retries=0))
    session.request = functools.partial(session.request, timeout=TIMEOUT)  # type: ignore[method-assign]
    return session


def read_configuration(issuer: str, endpoints: Mapping[str, str]) -> dict[str, Any]:
    """The provider's configuration, with the endpoints that the organization named in place of the discovered ones.

    Raises Invalid, saying what is wrong and at which address.
    """
    if all(endpoints.get(name) for name in NEEDED):
        return {"issuer": issuer, **endpoints}
    url = issuer.rstrip("/") + "/.well-known/openid-configuration"
    found = cache.get(f"oidc:{url}")
    if found is None:
        found = _fetch(url)
        if found.get("issuer") != issuer:
            raise Invalid(
                _("%(url)s names another issuer: %(issuer)s. Enter it exactly like that.")
                % {"url": url, "issuer": str(found.get("issuer"))[:200]}
            )
        cache.set(f"oidc:{url}", found, _KEPT)
    configuration = {**found, **{name: value for name, value in endpoints.items() if value}}
    missing = [name for name in NEEDED if not isinstance(configuration.get(name), str)]
    if missing:
        raise Invalid(
            _("%(url)s does not name %(missing)s. Enter what is missing yourself.")
            % {"url": url, "missing": ", ".join(missing)}
        )
    return configuration


def why(error: requests.RequestException) -> str:
    """In words; what the library says names its own classes."""
    if isinstance(error, requests.Timeout):
        return _("no answer within %(seconds)d seconds") % {"seconds": int(TIMEOUT)}
    if isinstance(error, requests.exceptions.SSLError):
        return _("its certificate is not trusted")
    if isinstance(error.__cause__, Invalid):
        return error.__cause__.message
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return _("status %(status)s") % {"status": error.response.status_code}
    return _("nobody answers there")


def _fetch(url: str) -> dict[str, Any]:
    try:
        with guarded_session() as session:
            answer = session.get(url)
    except requests.RequestException as error:
        raise Invalid(_("%(url)s cannot be reached: %(why)s") % {"url": url, "why": why(error)}) from error
    try:
        found = answer.json() if answer.status_code == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid(
            _("%(url)s does not answer with a configuration (status %(status)s). Check the issuer.")
            % {"url": url, "status": answer.status_code}
        )
    return found
