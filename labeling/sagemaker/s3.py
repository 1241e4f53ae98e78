"""Addresses as the API takes them: `s3://bucket/key`, or S3's own https addresses of the same objects."""

import re
from urllib.parse import unquote

from labeling.sagemaker.errors import ValidationFailed

_HOST = re.compile(r"(?:(?P<bucket>[a-z0-9.-]+)\.)?s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?")


def storage_uri(text: str, member: str) -> str:
    """The `s3://` address. Raises ValidationFailed for other servers' https addresses."""
    if text.startswith("s3://"):
        return text
    host, _, path = text.removeprefix("https://").partition("/")
    found = _HOST.fullmatch(host)
    path = unquote(path)
    if found is None or (not found["bucket"] and not path):
        raise ValidationFailed(
            f"{member}: '{text[:200]}' is no address in Amazon S3. Write s3://bucket/key; the storage connection "
            f"says on which server that is."
        )
    return f"s3://{found['bucket']}/{path}" if found["bucket"] else f"s3://{path}"
