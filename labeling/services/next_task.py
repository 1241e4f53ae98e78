"""What a labeler gets next, told ahead so that his client can fetch and decode its photo while he works."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from labeling.errors import NoDraft
from labeling.object_code import named
from labeling.services.assignments import ClaimedImage, stored_image
from labeling.services.drafts import stored_draft
from maskwright.core.errors import NotFound
from workforce.services.reservations import Reservation, kept_place, reserve_next

_SQL = """
SELECT t.id, t.job_id, j.name, o.id, o.source_ref, o.format, o.width, o.height, o.image_sha256, d.seq, d.sha256
FROM labeling_task t
JOIN labeling_dataobject o ON o.id = t.data_object_id
JOIN labeling_labelingjob j ON j.id = t.job_id
LEFT JOIN labeling_draft d ON d.task_id = t.id AND d.worker_id = %(worker)s
WHERE t.work_item_id = %(item)s AND t.organization_id = %(owner)s
"""


@dataclass(frozen=True)
class NextTask:
    """A reserved task; `until`: how long it is kept."""

    claim_id: uuid.UUID
    slot_id: uuid.UUID
    organization_id: uuid.UUID
    worker_id: uuid.UUID
    stage: str
    until: datetime
    task_id: uuid.UUID
    job_id: uuid.UUID
    job_name: str
    data_object_id: uuid.UUID
    source_ref: str
    format: str
    width: int
    height: int
    image_sha256: str
    draft_seq: int | None
    draft_sha256: str | None


def next_task(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, may_review: bool) -> NextTask | None:
    """Reserve what comes after a live claim; None when there is nothing to reserve."""
    kept = reserve_next(user_id=user_id, claim_id=claim_id, token=token, may_review=may_review)
    return None if kept is None else _read(claim_id, kept)


def next_image(*, user_id: uuid.UUID, claim_id: uuid.UUID, slot_id: uuid.UUID, may_review: bool) -> ClaimedImage:
    """Where the reserved task's photo lies. NotFound once the claim or the reservation is over, or a right ended."""
    found = _read(claim_id, kept_place(user_id=user_id, claim_id=claim_id, slot_id=slot_id, may_review=may_review))
    return stored_image(found.organization_id, found.source_ref, found.format, found.image_sha256)


def next_draft(*, user_id: uuid.UUID, claim_id: uuid.UUID, slot_id: uuid.UUID, may_review: bool) -> tuple[int, bytes]:
    """The person's own draft of the reserved task as (seq, PNG), under the same conditions. Raises NoDraft."""
    found = _read(claim_id, kept_place(user_id=user_id, claim_id=claim_id, slot_id=slot_id, may_review=may_review))
    if found.draft_seq is None or found.draft_sha256 is None:
        raise NoDraft(_("There is no draft yet."))
    body = stored_draft(found.organization_id, found.task_id, found.worker_id, found.draft_sha256)
    return found.draft_seq, body


def next_json(found: NextTask) -> dict[str, Any]:
    """As docs/work-api.md fixes it."""
    base = f"/api/v1/work/claims/{found.claim_id}/next/{found.slot_id}"
    draft = None
    if found.draft_seq is not None:
        draft = {"seq": found.draft_seq, "sha256": found.draft_sha256, "url": f"{base}/draft"}
    return {
        "id": str(found.slot_id),
        "kept_until": found.until,
        "stage": found.stage,
        "task": {
            "id": str(found.task_id),
            "job": {"id": str(found.job_id), "name": found.job_name},
            "data_object": named(found.data_object_id),
        },
        "image": {"url": f"{base}/image", "width": found.width, "height": found.height},
        "draft": draft,
    }


def _read(claim_id: uuid.UUID, kept: Reservation) -> NextTask:
    values = {"item": kept.work_item_id, "owner": kept.organization_id, "worker": kept.worker_id}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("Nothing is kept for you there any more. Ask for the next assignment."))
    return NextTask(claim_id, kept.slot_id, kept.organization_id, kept.worker_id, kept.stage, kept.until, *row)
