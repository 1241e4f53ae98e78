"""Whether a request was signed with the secret of a key that may use the demo's storage (AWS Signature Version 4)."""

import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from maskwright.config.demo.s3.store import StoreError

#: `secret(key id, session token)`; None: no such key, or it may not.
Secrets = Callable[[str, str], str | None]
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/s3/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=(\w+)"
)
_SKEW = timedelta(minutes=15)  # as in S3
_STAMP = "%Y%m%dT%H%M%SZ"


def check(method: str, path: str, query: str, headers: Mapping[str, str], secrets: Secrets) -> None:
    """Raises StoreError. `path` as it was sent; `headers` with lower-case names. Of the body, its declared hash."""
    found = _HEADER.fullmatch(headers.get("authorization", "").strip())
    if found is None:
        raise _denied("AccessDenied", "Sign the request (AWS Signature Version 4, in the Authorization header).")
    key_id, _day, region, names, given = found.groups()
    stamp = headers.get("x-amz-date", "")
    try:
        signed_at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise _denied("AccessDenied", "The request must contain a valid X-Amz-Date header.") from None
    if abs(datetime.now(UTC) - signed_at) > _SKEW:
        message = "The difference between the request time and the current time is too large."
        raise _denied("RequestTimeTooSkewed", message)
    secret = secrets(key_id, headers.get("x-amz-security-token", ""))
    if secret is None:
        message = "The AWS Access Key Id you provided does not exist in our records."
        raise _denied("InvalidAccessKeyId", message)
    signed = {name: headers.get(name, "") for name in names.split(";")}
    if "host" not in signed or "x-amz-content-sha256" not in signed:
        raise _denied("AccessDenied", "Host and X-Amz-Content-SHA256 must be signed.")
    # The path is decoded once, because botocore encodes it when it signs.
    url = f"http://{headers.get('host', '')}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, headers=signed)
    request.context["timestamp"] = stamp
    auth = S3SigV4Auth(Credentials(key_id, secret), "s3", region)
    expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise _denied(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and "
            "signing method.",
        )


def key_of(path: str) -> tuple[str, str]:
    """Bucket and key of a path-style address."""
    bucket, _, key = path.removeprefix("/").partition("/")
    return unquote(bucket), unquote(key)


def _denied(code: str, message: str) -> StoreError:
    return StoreError(code, 403, message)
