"""The addresses that `grant_read_access` makes: of a file that a page may read for a while, whoever opens them.

An address is a ticket, which says for whom and until when (whoever serves the files makes and reads it), and the
file's own address, encrypted with a key that belongs to the ticket: nobody learns a bucket or a folder from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from cryptography.fernet import Fernet, InvalidToken

_HOST = re.compile(r"(?:(?P<bucket>[a-z0-9.-]+)\.)?s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_WEB = ("http://", "https://", "data:", "blob:")
MOST_CHARS = 2048


@dataclass(frozen=True)
class FileAccess:
    """`prefix` ends in `/` and holds the ticket; `key` is a Fernet key."""

    prefix: str
    key: bytes

    def address(self, uri: str) -> str:
        """The address under which a file is served; what is no storage's address stays as it is."""
        stored = storage_address(uri)
        if stored is None:
            return uri
        return self.prefix + Fernet(self.key).encrypt(stored.encode()).decode()


def read_address(token: str, key: bytes) -> str | None:
    """The file's own address; None for a token that was not made with the key."""
    try:
        return Fernet(key).decrypt(token).decode()
    except (InvalidToken, ValueError):
        return None


def storage_address(uri: str) -> str | None:
    """`s3://bucket/key` of S3's own https addresses, and any other storage's address; None for pages of the web."""
    uri = uri.strip()
    if len(uri) > MOST_CHARS or not _SCHEME.match(uri):
        return None
    if not uri.lower().startswith(_WEB):
        return uri
    scheme, _, rest = uri.partition("://")
    host, _, path = rest.partition("/")
    found = _HOST.fullmatch(host)
    path = unquote(path.partition("?")[0])
    if scheme.lower() != "https" or found is None or not path:
        return None
    return f"s3://{found['bucket']}/{path}" if found["bucket"] else f"s3://{path}"
