"""AWS Signature Version 4 in its header form, after the specification: parse, make the canonical request, compare.

Pure: knows no Django. Messages are AWS's own, so that what people find about them helps here, too.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote

from labeling.sagemaker.errors import SignatureRefused

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "sagemaker"
SKEW = timedelta(minutes=5)
_TERMINATOR = "aws4_request"
_WRONG = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
_STAMP = "%Y%m%dT%H%M%SZ"
_DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


@dataclass(frozen=True)
class SignedRequest:
    """What of a request is signed. `headers` has lower-case names; `query` is the raw query string."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Authorization:
    """The Authorization header taken apart."""

    key_id: str
    day: str
    region: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        return f"{self.day}/{self.region}/{SERVICE}/{_TERMINATOR}"


def read_authorization(headers: Mapping[str, str]) -> Authorization:
    """Raises SignatureRefused: missing, of another form, or for another service."""
    text = headers.get("authorization", "")
    if not text:
        raise SignatureRefused("Missing Authentication Token", code="MissingAuthenticationToken")
    algorithm, _, rest = text.strip().partition(" ")
    if algorithm != ALGORITHM:
        raise _incomplete(f"Unsupported AWS 'algorithm': '{algorithm[:60]}'.")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    for name in ("Credential", "Signature", "SignedHeaders"):
        if not parts.get(name):
            raise _incomplete(f"Authorization header requires '{name}' parameter.")
    credential = parts["Credential"].split("/")
    if len(credential) != 5 or not all(credential):
        raise _incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
        )
    key_id, day, region, service, terminator = credential
    if service != SERVICE:
        raise SignatureRefused(f"Credential should be scoped to correct service: '{SERVICE}'. ")
    if terminator != _TERMINATOR:
        raise SignatureRefused(f"Credential should be scoped with a valid terminator: '{_TERMINATOR}'.")
    signed = tuple(parts["SignedHeaders"].split(";"))
    return Authorization(key_id, day, region, signed, parts["Signature"])


def _incomplete(message: str) -> SignatureRefused:
    return SignatureRefused(message, code="IncompleteSignature")


def check_time(request: SignedRequest, given: Authorization, now: datetime) -> datetime:
    """When it was signed. Raises SignatureRefused unless that is within SKEW of `now`, and of the credential's day."""
    stamp = request.headers.get("x-amz-date", "")
    if not _DATE.fullmatch(stamp):
        raise _incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    try:
        signed_at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise _incomplete("Date must be in ISO-8601 'basic format'.") from None
    if stamp[:8] != given.day:
        raise SignatureRefused(
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{given.day[:20]}' != '{stamp[:8]}', from '{stamp}'."
        )
    if signed_at < now - SKEW:
        bound = (now - SKEW).strftime(_STAMP)
        raise SignatureRefused(
            f"Signature expired: {stamp} is now earlier than {bound} ({now.strftime(_STAMP)} - 5 min.)"
        )
    if signed_at > now + SKEW:
        bound = (now + SKEW).strftime(_STAMP)
        raise SignatureRefused(
            f"Signature not yet current: {stamp} is still later than {bound} ({now.strftime(_STAMP)} + 5 min.)"
        )
    return signed_at


def check_signature(request: SignedRequest, given: Authorization, secret: str, hosts: tuple[str, ...]) -> None:
    """Raises SignatureRefused unless the request was signed with the secret.

    `hosts`: what the signed Host header may have been, the one that arrived first; a proxy may have replaced it.
    """
    _check_headers(request, given)
    body_hash = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-amz-content-sha256", body_hash) != body_hash:
        raise SignatureRefused("The provided 'x-amz-content-sha256' header does not match what was computed.")
    key = signing_key(secret, given)
    for host in dict.fromkeys(hosts):
        canonical = canonical_request(request, given.signed_headers, host, body_hash)
        expected = sign(key, request.headers["x-amz-date"], given.scope, canonical)
        if hmac.compare_digest(expected.encode(), given.signature.encode()):
            return
    raise SignatureRefused(_WRONG)


def _check_headers(request: SignedRequest, given: Authorization) -> None:
    """Host and every X-Amz header must be signed: what is not could have been changed on the way."""
    needed = {"host"} | {name for name in request.headers if name.startswith("x-amz-")}
    if missing := sorted(needed - set(given.signed_headers)):
        listed = ", ".join(f"'{name[:60]}'" for name in missing[:10])
        raise SignatureRefused(f"{listed} must be a 'SignedHeader' in the AWS Authorization.")
    if list(given.signed_headers) != sorted(set(given.signed_headers)):
        raise SignatureRefused(_WRONG)


def canonical_request(request: SignedRequest, signed_headers: tuple[str, ...], host: str, body_hash: str) -> str:
    values = {**request.headers, "host": host}
    lines = [f"{name}:{' '.join(values.get(name, '').split())}" for name in signed_headers]
    return "\n".join(
        [
            request.method,
            quote(request.path, safe="/-_.~"),
            _canonical_query(request.query),
            *lines,
            "",
            ";".join(signed_headers),
            body_hash,
        ]
    )


def _canonical_query(query: str) -> str:
    pairs = [
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def signing_key(secret: str, given: Authorization) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (given.day, given.region, SERVICE, _TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def sign(key: bytes, stamp: str, scope: str, canonical: str) -> str:
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    return hmac.new(key, f"{ALGORITHM}\n{stamp}\n{scope}\n{hashed}".encode(), "sha256").hexdigest()
