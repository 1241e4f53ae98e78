"""Sweep what no row speaks of any more: blobs of replaced uploads, of submits and consolidations that were killed
between storing and committing, drafts whose removal was lost, thumbnails of photos that are gone.

What is removed is older than STORAGE_SWEEP_GRACE_SECONDS, is named by no row, and nobody is storing the same bytes at
that moment (`services.blobs`). Names that we did not give are left alone.
"""

import logging
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.utils import timezone

from labeling.models import (
    Annotation,
    ConsolidatedAnnotation,
    DataObject,
    Draft,
    DraftVersion,
    GoldTask,
    UploadedFile,
)
from labeling.services.blobs import try_lock_for_sweeping
from maskwright.audit.record import record
from maskwright.core.objects import ObjectMissing, blob_store
from maskwright.core.outbox import Message
from maskwright.core.scope import organization_scope

logger = logging.getLogger(__name__)

#: By the first digit of a blob's name: a turn lists one part, so that it is bounded however much is stored.
PARTS = "0123456789abcdef"
PAGE = 500  # names that are looked up in one transaction
MOST = 10_000  # removed in one turn; what is left is found again

_SHA256 = "([0-9a-f]{64})"
_UUID = "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"


@dataclass(frozen=True)
class _Kind:
    """What lies in one folder. `pattern`: of a name in it; `named`: which of some names rows name (or more)."""

    folder: str
    pattern: re.Pattern[str]
    named: Callable[[Sequence[tuple[str, ...]]], set[tuple[str, ...]]]
    by_digest: bool = True


@dataclass(frozen=True)
class _Stored:
    key: str
    size: int
    name: tuple[str, ...]  # what the pattern found; ends in the sha256


def sweep_message(organization_id: uuid.UUID, turn: int) -> Message:
    """A message that sweeps the part whose turn it is; after 16 turns each has been."""
    return Message("storage.sweep", organization_id, {"part": turn % len(PARTS)}, key=str(organization_id))


def sweep_storage(*, organization_id: uuid.UUID, part: int) -> int:
    """Sweep one part of what an organization keeps; how many objects were removed. Opens its own scopes.

    May be killed at any time and run twice. Raises ObjectStoreError.
    """
    removed = size = 0
    for kind in _KINDS:
        if not kind.by_digest and part:  # few, and listed whole
            continue
        prefix = f"org/{organization_id}/{kind.folder}/"
        listed = _stored(kind, prefix, PARTS[part] if kind.by_digest else "")
        while removed < MOST and (page := list(islice(listed, PAGE))):
            for orphan in _orphans(organization_id, kind, page):
                if removed < MOST and _remove(organization_id, kind, orphan):
                    removed, size = removed + 1, size + orphan.size
    if removed:
        with organization_scope(organization_id):
            record("storage.swept", "organization", organization_id, objects=removed, bytes=size)
        logger.info("Swept %s objects, %s bytes, of organization %s", removed, size, organization_id)
    return removed


def _stored(kind: _Kind, prefix: str, begin: str) -> Iterator[_Stored]:
    """What is stored, page by page of the storage's own listing."""
    for item in blob_store().list(prefix + begin):
        found = kind.pattern.fullmatch(item.key.removeprefix(prefix))
        if found:
            yield _Stored(item.key, item.size, found.groups())


def _orphans(organization_id: uuid.UUID, kind: _Kind, page: Sequence[_Stored]) -> list[_Stored]:
    with organization_scope(organization_id):
        named = kind.named([stored.name for stored in page])
    return [stored for stored in page if stored.name not in named]


def _remove(organization_id: uuid.UUID, kind: _Kind, stored: _Stored) -> bool:
    """Remove an object, unless somebody is storing it, a row names it by now, or it was written lately."""
    with organization_scope(organization_id):
        if not try_lock_for_sweeping(stored.name[-1]) or stored.name in kind.named([stored.name]):
            return False
        try:
            modified = blob_store().modified(stored.key)
        except ObjectMissing:
            return False
        if modified > timezone.now() - timedelta(seconds=settings.STORAGE_SWEEP_GRACE_SECONDS):
            return False
        blob_store().delete(stored.key)
        return True


def _named_blobs(names: Sequence[tuple[str, ...]]) -> set[tuple[str, ...]]:
    digests = [name[0] for name in names]
    rows = UploadedFile.objects.filter(sha256__in=digests).values_list("sha256")
    rows = rows.union(
        Annotation.objects.filter(sha256__in=digests).values_list("sha256"),
        ConsolidatedAnnotation.objects.filter(sha256__in=digests).values_list("sha256"),
        ConsolidatedAnnotation.objects.filter(disagreement_sha256__in=digests).values_list("disagreement_sha256"),
        DataObject.with_gold.filter(image_sha256__in=digests).values_list("image_sha256"),
        DataObject.with_gold.filter(prior_sha256__in=digests).values_list("prior_sha256"),
        GoldTask.objects.filter(sha256__in=digests).values_list("sha256"),
    )
    return set(rows)


def _named_photos(names: Sequence[tuple[str, ...]]) -> set[tuple[str, ...]]:
    digests = [name[0] for name in names]
    rows = UploadedFile.objects.filter(sha256__in=digests).values_list("sha256")
    return set(rows.union(DataObject.with_gold.filter(image_sha256__in=digests).values_list("image_sha256")))


def _named_drafts(names: Sequence[tuple[str, ...]]) -> set[tuple[str, ...]]:
    tasks, columns = {name[0] for name in names}, ("task_id", "worker_id", "sha256")
    rows = Draft.objects.filter(task_id__in=tasks).values_list(*columns)
    rows = rows.union(DraftVersion.objects.filter(task_id__in=tasks).values_list(*columns))
    return {(str(task), str(worker), sha256) for task, worker, sha256 in rows}


_KINDS = (
    _Kind("blobs", re.compile(_SHA256), _named_blobs),
    _Kind("thumbnails", re.compile(_SHA256 + r"\.jpg"), _named_photos),
    _Kind("drafts", re.compile(f"{_UUID}/{_UUID}/{_SHA256}"), _named_drafts, by_digest=False),
)
