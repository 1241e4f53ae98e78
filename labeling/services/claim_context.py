"""What the work calls need to know about a claim, in one statement."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from labeling.states import TaskType
from maskwright.core.errors import NotFound
from maskwright.core.prepared import execute_prepared
from maskwright.core.scope import current_scope
from workforce.services.claims import MINE
from workforce.states import ClaimState, Stage

_SQL = f"""
SELECT c.id, c.organization_id, c.work_queue_id, c.work_item_id, c.slot_id, c.worker_id, c.fencing_token, c.revision,
  c.state, c.claimed_at, c.active_seconds, t.id, t.job_id, o.id, o.source_ref, o.format, o.width, o.height,
  o.image_sha256, r.categories, r.title, r.instructions, r.tools, r.allow_empty, r.allow_impossible,
  r.require_full_coverage, j.name, s.expires_at, s.deadline_at,
  extract(epoch FROM CASE q.state WHEN 'stopping' THEN least(s.deadline_at, q.stop_at) ELSE s.deadline_at END
    - coalesce(q.paused_at, clock_timestamp()))::float8, q.state, d.seq, d.sha256,
  c.stage, s.round, j.is_qualification, j.task_type, o.prior_sha256, o.prior_categories, r.is_framed
FROM workforce_claim c
JOIN workforce_slot s ON s.id = c.slot_id
JOIN workforce_workqueue q ON q.id = c.work_queue_id
JOIN labeling_task t ON t.work_item_id = c.work_item_id
JOIN labeling_dataobject o ON o.id = t.data_object_id
JOIN labeling_labelingjob j ON j.id = t.job_id
JOIN labeling_jobrevision r ON r.job_id = t.job_id AND r.number = c.revision
LEFT JOIN labeling_draft d ON d.task_id = t.id AND d.worker_id = c.worker_id
WHERE c.id = %(claim)s AND {MINE}
"""


@dataclass(frozen=True)
class ClaimContext:
    """A claim of the asking person with its task, data object and the revision it was taken under."""

    claim_id: uuid.UUID
    organization_id: uuid.UUID
    work_queue_id: uuid.UUID
    work_item_id: uuid.UUID
    slot_id: uuid.UUID
    worker_id: uuid.UUID
    fencing_token: int
    revision: int
    state: str
    claimed_at: datetime
    active_seconds: float
    task_id: uuid.UUID
    job_id: uuid.UUID
    data_object_id: uuid.UUID
    source_ref: str
    format: str
    width: int
    height: int
    image_sha256: str
    categories: list[dict[str, Any]]
    title: str
    instructions: str
    tools: list[str]
    allow_empty: bool
    allow_impossible: bool
    require_full_coverage: bool
    job_name: str
    expires_at: datetime | None
    deadline_at: datetime | None
    seconds_left: float | None
    queue_state: str
    draft_seq: int | None
    draft_sha256: str | None
    stage: str
    round: int
    is_qualification: bool
    task_type: str
    prior_sha256: str
    prior_categories: list[dict[str, Any]]
    is_framed: bool

    @property
    def is_live(self) -> bool:
        return self.state == ClaimState.LIVE

    @property
    def is_review(self) -> bool:
        return self.stage == Stage.REVIEW

    @property
    def is_verification(self) -> bool:
        return self.task_type == TaskType.VERIFICATION

    @property
    def known_indices(self) -> list[int]:
        return [category["index"] for category in self.categories]


_JSON = (19, 22, 38)  # categories, tools, prior categories: jsonb columns, which arrive as text on a raw cursor


def read_claim(*, user_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimContext:
    """Raises NotFound for a claim that is not the person's."""
    values = {"org": current_scope().organization_id, "user": user_id, "claim": claim_id}
    with connection.cursor() as cursor:
        execute_prepared(cursor, _SQL, values)
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("There is no such assignment of yours."))
    values_of = list(row)
    for column in _JSON:
        values_of[column] = json.loads(row[column])
    return ClaimContext(*values_of)
