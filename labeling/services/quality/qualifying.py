"""Qualifications: everybody answers each gold task once, reads his mistakes, and earns a skill from an IoU on."""

import uuid

from labeling.models import Annotation, AnswerScore, GoldTask, LabelingJob, Qualification
from labeling.quality import mean_interval
from labeling.states import AnnotationState, ScoreKind
from maskwright.audit.record import record
from workforce.models import PersonSkill, Worker, WorkerIdentity
from workforce.services.skills import level_of, set_skill
from workforce.states import SkillSource


def settle_qualification(job: LabelingJob, worker_id: uuid.UUID) -> Qualification | None:
    """The person's result once he has answered every gold task and each is scored; in the scope of the job's owner.

    It is made once: a gold task that is added or removed later changes no result.
    """
    found: Qualification | None = Qualification.objects.filter(job=job, worker_id=worker_id).first()
    if found is None:
        found = _result(job, worker_id)
    if found is not None and found.vendor_id is None:
        identity = WorkerIdentity.objects.filter(organization_id=job.organization_id, worker_id=worker_id).first()
        if identity is not None:
            give_skill(identity.user_id, found)
    return found


def give_skill(user_id: uuid.UUID, result: Qualification) -> None:
    """In the employer's scope. A lower level than the person has already takes nothing away."""
    if not result.has_passed:
        return
    level = level_of(user_id=user_id, name=result.skill)
    if level is None or level < result.level:
        set_skill(user_id=user_id, name=result.skill, level=result.level, source=SkillSource.QUALIFICATION)


def progress_of(job: LabelingJob, worker_id: uuid.UUID) -> tuple[int, int]:
    """How many of the gold tasks the person has answered, and how many there are; in the owner's scope."""
    tasks = list(GoldTask.objects.filter(job=job, removed_at=None).values_list("task_id", flat=True))
    answers = Annotation.objects.filter(job=job, worker_id=worker_id, task_id__in=tasks)
    answered = answers.exclude(state=AnnotationState.LATE).values("task_id").distinct().count()
    return answered, len(tasks)


def _result(job: LabelingJob, worker_id: uuid.UUID) -> Qualification | None:
    wanted = GoldTask.objects.filter(job=job, removed_at=None).values_list("task_id", flat=True)
    scores = dict(
        AnswerScore.objects.filter(job=job, worker_id=worker_id, kind=ScoreKind.GOLD).values_list(
            "annotation__task_id", "mean_iou"
        )
    )
    if not wanted or not set(wanted) <= set(scores):
        return None
    seen = mean_interval(list(scores.values()))
    worker = Worker.objects.get(pk=worker_id)
    values = {
        "vendor_id": worker.vendor_id,
        "mean_iou": seen.value,
        "low": seen.low,
        "high": seen.high,
        "count": len(scores),
        "has_passed": seen.value >= job.qualification_iou,
        "skill": job.qualification_skill,
        "level": round(seen.value * PersonSkill.MAX_LEVEL),
    }
    found: Qualification
    found, is_new = Qualification.objects.get_or_create(
        organization_id=job.organization_id, job=job, worker=worker, defaults=values
    )
    if is_new:
        record(
            "qualification.finished",
            "labeling_job",
            job.pk,
            worker=worker.code,
            passed=found.has_passed,
            skill=found.skill,
            level=found.level,
        )
    return found
