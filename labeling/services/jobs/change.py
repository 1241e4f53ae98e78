"""Change a job that exists, also while it runs: a new revision, which holds for assignments taken from then on."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext as _

from labeling.errors import MoveRefused
from labeling.models import JobRevision, LabelingJob
from labeling.services.jobs import prior as prior_rules
from labeling.services.jobs import rules
from labeling.services.jobs.lifecycle import own_job
from labeling.services.label_sets import Category, change_problems, complete_categories
from labeling.services.task_templates import content_problems
from labeling.states import JobState, TaskType
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.core.outbox import emit, push
from workforce.models import WorkTeam
from workforce.services.queues import change_queue, locked_queue


class Unset(Enum):
    """Of an argument that was not given, where None means something."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
_CONTENT = ("title", "instructions", "tools", "allow_empty", "allow_impossible", "require_full_coverage")
_TEMPLATE = ("source", "is_framed", "template_input")
_QUEUE = {
    "number_of_labelers": "labelers_wanted",
    "max_concurrent": "window",
    "deadline": "deadline",
    "time_limit_seconds": "time_limit_seconds",
    "work_team_id": "work_team_id",
    "review_team_id": "review_team_id",
    "priority": "priority",
    "policy": "policy",
    "required_skills": "required_skills",
    "hold_seconds": "hold_seconds",
    "max_open_claims": "max_open_claims",
    "max_declines": "max_declines",
    "idle_seconds": "idle_seconds",
    "availability_seconds": "availability_seconds",
}


def change_job(
    *,
    job_id: uuid.UUID,
    title: str | None = None,
    instructions: str | None = None,
    tools: Sequence[str] | None = None,
    categories: Sequence[Mapping[str, Any]] | None = None,
    allow_empty: bool | None = None,
    allow_impossible: bool | None = None,
    require_full_coverage: bool | None = None,
    number_of_labelers: int | None = None,
    time_limit_seconds: int | None = None,
    max_concurrent: int | None = None,
    priority: int | None = None,
    deadline: datetime | Unset | None = UNSET,
    work_team_id: uuid.UUID | Unset = UNSET,
    review_team_id: uuid.UUID | Unset | None = UNSET,
    review_share: float | None = None,
    policy: str | None = None,
    required_skills: Mapping[str, int] | None = None,
    hold_seconds: int | None = None,
    max_open_claims: int | None = None,
    max_declines: int | Unset | None = UNSET,
    idle_seconds: int | None = None,
    availability_seconds: int | Unset | None = UNSET,
    consolidation_rule: str | None = None,
    gold_rate: float | None = None,
    qualification_skill: str | None = None,
    qualification_iou: float | None = None,
) -> LabelingJob:
    """Change what is given; everything else stays. Answers already given and live claims keep their revision.

    Categories can be added, and change colour, key, order and description; re-indexing, renaming and removing are
    refused. Raises Invalid with every problem at once, MoveRefused once the job has ended.
    """
    job = own_job(job_id)
    queue = locked_queue(job.work_queue_id)
    job = LabelingJob.objects.select_for_update(no_key=True).get(pk=job.pk)
    if job.state in (JobState.STOPPING, JobState.STOPPED, JobState.COMPLETED):
        raise MoveRefused(
            _("The job is %(state)s; it cannot be changed any more. Make a new one.")
            % {"state": JobState(job.state).label}
        )
    before = JobRevision.objects.get(job=job, number=job.revision)
    given: dict[str, Any] = {
        "title": title.strip() if title is not None else None,
        "instructions": instructions,
        "tools": list(tools) if tools is not None else None,
        "allow_empty": allow_empty,
        "allow_impossible": allow_impossible,
        "require_full_coverage": require_full_coverage,
        "number_of_labelers": number_of_labelers,
        "time_limit_seconds": time_limit_seconds,
        "max_concurrent": max_concurrent,
        "priority": priority,
        "review_share": review_share,
        "gold_rate": gold_rate,
        "qualification_iou": qualification_iou,
        "policy": policy,
        "required_skills": required_skills,
        "hold_seconds": hold_seconds,
        "max_open_claims": max_open_claims,
        "idle_seconds": idle_seconds,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    changes |= {} if deadline is UNSET else {"deadline": deadline}
    changes |= {} if work_team_id is UNSET else {"work_team_id": work_team_id}
    changes |= {} if review_team_id is UNSET else {"review_team_id": review_team_id}
    changes |= {} if max_declines is UNSET else {"max_declines": max_declines}
    changes |= {} if availability_seconds is UNSET else {"availability_seconds": availability_seconds}
    wanted, problems = _categories(before.categories, categories)
    problems += _problems(changes)
    problems += rules.distribution_problems(changes)
    problems += rules.quality_problems(changes)
    problems += prior_rules.type_problems(job.task_type, {**changes, "gold_rate": gold_rate})
    if qualification_skill is not None:
        problems += rules.skill_problems(job.is_qualification, qualification_skill)
    if {"review_share", "review_team_id"} & set(changes):
        team = changes.get("review_team_id", queue.review_team_id)
        problems += rules.review_problems(team, changes.get("review_share", job.review_share))
    if consolidation_rule is not None or number_of_labelers is not None:
        labelers = queue.labelers_wanted if number_of_labelers is None else number_of_labelers
        rule = consolidation_rule or job.consolidation_rule
        is_verification = job.task_type == TaskType.VERIFICATION
        problems += prior_rules.verdict_rule_problems(rule) if is_verification else rules.rule_problems(rule, labelers)
    if problems:
        raise Invalid(_("The job cannot be changed like this; each reason is listed."), fields=tuple(problems))
    changes = rules.lower_skills(changes)
    content = {key: changes[key] for key in _CONTENT if key in changes and getattr(before, key) != changes[key]}
    content |= {"categories": wanted} if wanted != before.categories else {}
    numbers = {
        _QUEUE[key]: changes[key] for key in _QUEUE if key in changes and getattr(queue, _QUEUE[key]) != changes[key]
    }
    if content or numbers:
        _write(job, before, content, numbers)
    _set_on_job(
        job,
        review_share=review_share,
        consolidation_rule=consolidation_rule,
        gold_rate=gold_rate,
        qualification_skill=" ".join(qualification_skill.split()) if qualification_skill is not None else None,
        qualification_iou=qualification_iou,
    )
    return job


def _set_on_job(job: LabelingJob, **wanted: Any) -> None:
    """What holds for results made from now on, and so needs no revision."""
    changed = {name: value for name, value in wanted.items() if value is not None and getattr(job, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(job, name, value)
    job.save(update_fields=list(changed))
    record("labeling_job.changed", "labeling_job", job.pk, **changed)


def _categories(
    before: list[Category], given: Sequence[Mapping[str, Any]] | None
) -> tuple[list[Category], list[FieldProblem]]:
    if given is None:
        return before, []
    wanted, problems = complete_categories(given)
    return wanted, problems or change_problems(before, wanted, may_remove=False, may_rename=False)


def _problems(changes: dict[str, Any]) -> list[FieldProblem]:
    problems = [*rules.number_problems(changes), *rules.deadline_problems(changes.get("deadline"))]
    problems += content_problems({key: changes[key] for key in _CONTENT if key in changes})
    team = changes.get("work_team_id")
    if team is not None and not WorkTeam.objects.filter(pk=team).exists():
        message = _("There is no such work team in your organization. Choose one of yours.")
        problems.append(FieldProblem("work_team_id", "not_found", message))
    return problems


def _write(job: LabelingJob, before: JobRevision, content: dict[str, Any], numbers: dict[str, Any]) -> None:
    number = job.revision + 1
    kept = {key: getattr(before, key) for key in (*_CONTENT, *_TEMPLATE, "categories")}
    JobRevision.objects.create(job=job, work_queue_id=job.work_queue_id, number=number, **(kept | content))
    LabelingJob.objects.filter(pk=job.pk).update(revision=number)
    job.revision = number
    change_queue(queue_id=job.work_queue_id, revision=number, **numbers)
    record("labeling_job.changed", "labeling_job", job.pk, revision=number, changed=sorted([*content, *numbers]))
    emit(push(job.organization_id, f"job.{job.pk}", "job.changed", job=job.pk))
