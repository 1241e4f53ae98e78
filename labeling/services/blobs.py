"""Blobs and the sweeper: bytes of which a row will speak are stored under a lock that the sweeper honours.

A blob is stored before its row is committed, and equal bytes share one blob. Without a lock the sweeper could find old
bytes that no row names, somebody submits the same bytes at that moment, and the sweeper removes what his row names now.
So who stores holds a shared lock on the sha256 until his transaction ends; the sweeper removes under the exclusive one,
and looks at rows and age again once it has it. The lock is PostgreSQL's, kept in memory: it ends with the transaction,
also when the process dies.
"""

import uuid
from collections.abc import Iterable

from django.db import connection

from labeling.masks import sha256
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key

_SPACE = 0x626C6F62  # "blob": the first of an advisory lock's two numbers


def lock_blobs(*digests: str) -> None:
    """Hold off the sweeper from these blobs until the open transaction ends. Call it before they are stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, n) FROM unnest(%s::int[]) AS n ORDER BY n",
            [_SPACE, sorted({_number(digest) for digest in digests})],
        )


def try_lock_for_sweeping(digest: str) -> bool:
    """Whether nobody is storing this blob; nobody begins to until the open transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_SPACE, _number(digest)])
        return bool(cursor.fetchone()[0])


def _number(digest: str) -> int:
    """32 bits, signed; two digests with equal ones only wait for each other."""
    return int.from_bytes(bytes.fromhex(digest[:8]), signed=True)


def keep_blobs(organization_id: uuid.UUID, blobs: Iterable[bytes], *, content_type: str) -> None:
    """Store bytes under their sha256, safe from the sweeper until the open transaction has committed their rows."""
    found = {sha256(data): data for data in blobs}
    lock_blobs(*found)
    for digest, data in found.items():
        blob_store().put(blob_key(organization_id, digest), data, content_type=content_type)
