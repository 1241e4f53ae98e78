"""Topics of quality: what follows an answer, scoring gold tasks, looking at a person again."""

import uuid

from labeling.services.quality import judging, scoring
from maskwright.core.outbox import handles


@handles("answer.judge", queue="distribute")
def judge_answer(*, annotation_id: str) -> None:
    judging.after_answer(uuid.UUID(annotation_id))


@handles("gold.score", queue="consolidate", lease=10, transactional=False, heartbeat=True)
def score_gold(*, organization_id: uuid.UUID, message_id: uuid.UUID, annotation_id: str) -> None:
    scoring.score_gold(organization_id=organization_id, annotation_id=uuid.UUID(annotation_id))


@handles("person.judge", queue="distribute")
def judge_person(*, job_id: str, worker_id: str) -> None:
    judging.judge_person(job_id=uuid.UUID(job_id), worker_id=uuid.UUID(worker_id))
