"""Jobs that go on from another: a clone, a chained job, an adjustment, a verification.

| | input | label attribute | what is labeled |
| --- | --- | --- | --- |
| clone | the job's input | a new one | everything |
| chain | its output manifest | the same | what has no label yet |
| adjust | its output manifest | a new one | everything that has a label, beginning with it |
| verify | its output manifest | a new one | everything that has a label: is it right? |
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.errors import MoveRefused
from labeling.models import JobFunctions, JobRevision, LabelingJob
from labeling.selectors.counts import counts_of
from labeling.services.jobs.create import JobContent, create_job
from labeling.services.jobs.lifecycle import own_job
from labeling.states import TaskType
from labeling.storage.outputs import output_manifest_uri
from maskwright.core.errors import FieldProblem, Invalid
from workforce.models import WorkQueue


class FollowUp(TextChoices):
    CLONE = "clone", gettext_lazy("clone: all of it again")
    CHAIN = "chain", gettext_lazy("chain: what has no label yet")
    ADJUST = "adjust", gettext_lazy("adjustment: its labels are corrected")
    VERIFY = "verify", gettext_lazy("verification: its labels are judged")


_TYPES = {FollowUp.ADJUST: TaskType.ADJUSTMENT, FollowUp.VERIFY: TaskType.VERIFICATION}
_OF_QUEUE = {
    "number_of_labelers": "labelers_wanted",
    "time_limit_seconds": "time_limit_seconds",
    "max_concurrent": "window",
    "policy": "policy",
    "required_skills": "required_skills",
    "hold_seconds": "hold_seconds",
    "max_open_claims": "max_open_claims",
    "max_declines": "max_declines",
    "idle_seconds": "idle_seconds",
    "availability_seconds": "availability_seconds",
}


@dataclass(frozen=True)
class FollowUpCounts:
    """Of the job that is gone on from: lines of its output that have its label, and those that have none."""

    labeled: int
    unlabeled: int

    def to_label(self, how: FollowUp) -> int:
        """How many photos the new job asks about, as far as they can be used."""
        if how == FollowUp.CLONE:
            return self.labeled + self.unlabeled
        return self.unlabeled if how == FollowUp.CHAIN else self.labeled


def follow_up_counts(job: LabelingJob) -> FollowUpCounts:
    counts = counts_of([job])[job.pk]
    labeled = counts.done + counts.already_labeled
    return FollowUpCounts(labeled, max(counts.total - labeled, 0))


def follow_up_order(job_id: uuid.UUID, how: FollowUp) -> dict[str, Any]:
    """The arguments of `create_job` for it, but for its name. Raises MoveRefused while there is no output to go on
    from, NotFound."""
    job = own_job(job_id)
    queue = WorkQueue.objects.get(pk=job.work_queue_id)
    if how != FollowUp.CLONE and job.manifest_written_at is None:
        raise MoveRefused(_("The job has no output manifest yet. It is written while labels come in."))
    if how in _TYPES and job.task_type == TaskType.VERIFICATION:
        raise MoveRefused(_("A verification made no masks. Take the job that it was about."))
    task_type = _TYPES.get(how, TaskType(job.task_type))
    same = {name: getattr(queue, field) for name, field in _OF_QUEUE.items()}
    order: dict[str, Any] = {
        **same,
        "task_type": task_type,
        "prior_attribute_name": job.label_attribute_name if how in _TYPES else job.prior_attribute_name,
        "label_attribute_name": job.label_attribute_name if how == FollowUp.CHAIN else "",
        "input_uri": job.input_uri if how == FollowUp.CLONE else output_manifest_uri(job),
        "output_uri": job.output_uri,
        "work_team_id": queue.work_team_id,
        "for_vendor": queue.work_team_id is None,
        "consolidation_rule": job.consolidation_rule if how not in _TYPES else "",
    }
    if how != FollowUp.VERIFY:
        order |= _content(job) | {"review_team_id": queue.review_team_id, "review_share": job.review_share}
    if how == FollowUp.CLONE:
        order |= {"input_filter": job.input_filter, "sample_percent": job.sample_percent}
    if how not in _TYPES:
        used = JobFunctions.objects.filter(job=job).first()
        order |= {"pre_annotation_arn": used.pre_arn, "consolidation_arn": used.consolidation_arn} if used else {}
    if task_type == TaskType.SEGMENTATION:
        order |= {
            "gold_rate": job.gold_rate,
            "is_qualification": job.is_qualification,
            "qualification_skill": job.qualification_skill,
            "qualification_iou": job.qualification_iou,
        }
    return order


def _content(job: LabelingJob) -> dict[str, Any]:
    """Its label set and template; of a job that has none what its newest revision says."""
    if job.label_set_id and job.task_template_id:
        return {"label_set_id": job.label_set_id, "task_template_id": job.task_template_id}
    return {"content": job_content(job)}


def job_content(job: LabelingJob) -> JobContent:
    revision = JobRevision.objects.get(job=job, number=job.revision)
    return JobContent(
        labels=revision.categories,
        title=revision.title,
        instructions=revision.instructions,
        tools=revision.tools,
        allow_empty=revision.allow_empty,
        allow_impossible=revision.allow_impossible,
        require_full_coverage=revision.require_full_coverage,
        source=revision.source,
        is_framed=revision.is_framed,
        template_input=revision.template_input,
    )


def follow_up_job(
    *, actor_user_id: uuid.UUID | None, job_id: uuid.UUID, how: str, name: str, **changes: Any
) -> LabelingJob:
    """Make a job that goes on from another; `changes` replace what it would take over from it. Raises as `create_job`
    and `follow_up_order` do."""
    if how not in FollowUp.values:
        message = _("Choose one of: %(names)s.") % {"names": ", ".join(FollowUp.values)}
        raise Invalid(message, fields=(FieldProblem("how", "unknown", message),))
    order = follow_up_order(job_id, FollowUp(how)) | changes
    if changes.get("label_set_id") or changes.get("task_template_id"):
        order.pop("content", None)  # what a job brought along itself gives way to both, or the other is asked for
    if changes.get("work_team_id"):
        order["for_vendor"] = False
    return create_job(actor_user_id=actor_user_id, name=name, **order)
