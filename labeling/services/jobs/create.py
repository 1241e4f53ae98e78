"""Create a labeling job: everything is checked at once, then queue, job and first revision are made together."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from labeling.consolidation import DEFAULT_RULE
from labeling.consolidation.verdicts import EM
from labeling.manifests import read_patterns
from labeling.models import JobRevision, LabelingJob, LabelSet, TaskTemplate, TaskTemplateVersion
from labeling.services.functions.using import called_function, function_problems, use_functions
from labeling.services.jobs import prior as prior_rules
from labeling.services.jobs import rules
from labeling.services.jobs.locations import input_problems, output_or_default, output_problems
from labeling.services.label_sets import Category, complete_categories, current_categories
from labeling.services.quality.usual import add_usual_rules
from labeling.services.task_templates import TOOLS, content_problems, current_version
from labeling.states import TaskType
from labeling.storage import Resolver
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope
from workforce.models import WorkTeam
from workforce.services.queues import create_queue


@dataclass
class _Parts:
    """What the ids of an order stand for, as far as they were found; or what it brings along itself."""

    label_set: LabelSet | None = None
    categories: tuple[Category, ...] = ()
    template: TaskTemplate | None = None
    version: TaskTemplateVersion | None = None
    prior: prior_rules.Prior = field(default_factory=prior_rules.Prior)
    is_framed: bool = True
    template_input: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class JobContent:
    """Categories and what labelers are told, of a job that uses neither a label set nor a task template.

    `labels`: each {name, color, key, description}, of which name alone is needed. `source`: a template in Liquid, which
    labelers are shown if `is_framed`, with `template_input` in its `task.input`.
    """

    labels: Sequence[Mapping[str, Any]]
    title: str
    instructions: str = ""
    tools: Sequence[str] = TOOLS
    allow_empty: bool = True
    allow_impossible: bool = True
    require_full_coverage: bool = False
    source: str = ""
    is_framed: bool = False
    template_input: Mapping[str, Any] = field(default_factory=dict)


#: What a verification asks where nothing else is said, as Ground Truth has it.
_GOOD_OR_BAD = ({"name": "good", "color": "#2ca02c", "key": "1"}, {"name": "bad", "color": "#d62728", "key": "2"})


def create_job(
    *,
    actor_user_id: uuid.UUID | None,
    name: str,
    task_type: str = TaskType.SEGMENTATION,
    prior_attribute_name: str = "",
    label_attribute_name: str = "",
    input_uri: str,
    input_filter: str = "",
    sample_percent: int = 100,
    output_uri: str = "",
    label_set_id: uuid.UUID | None = None,
    task_template_id: uuid.UUID | None = None,
    content: JobContent | None = None,
    work_team_id: uuid.UUID | None,
    number_of_labelers: int = 3,
    time_limit_seconds: int | None = None,
    max_concurrent: int = 1000,
    deadline: datetime | None = None,
    consolidation_rule: str = "",
    start_when_ready: bool = False,
    for_vendor: bool = False,
    review_team_id: uuid.UUID | None = None,
    review_share: float = 0.0,
    gold_rate: float | None = None,
    is_qualification: bool = False,
    qualification_skill: str = "",
    qualification_iou: float = 0.7,
    stop_after_objects: int | None = None,
    stop_after_percent: int | None = None,
    pre_annotation_arn: str = "",
    consolidation_arn: str = "",
    **distribution: Any,
) -> LabelingJob:
    """Make a job in state `initializing` and emit `job.intake`, which reads its input and checks its photos.

    An adjustment or verification begins with the labels that an earlier job left in the manifest under
    `prior_attribute_name` (left out: the only one there is); without label set, template and content a verification
    asks whether they are good or bad. `label_attribute_name` defaults to `<name>-ref` (a verification's to the name);
    `output_uri` to the installation's own storage. Of the input only what matches `input_filter` becomes data objects,
    and of that `sample_percent` (`labeling.manifests.subset`). A job needs a work team of the own organization unless
    it is `for_vendor`: then a grant is offered afterwards. `review_share` (0 to 1) of the results wait for the review
    team; `gold_rate` (0 to 1) of a person's photos are gold tasks, once there are any. `content` stands in place of a
    label set and a template. The job stops by itself once people labeled `stop_after_objects`, or `stop_after_percent`
    of its objects. In a qualification everybody gets each gold task once, and the skill from the IoU on. The two ARNs
    name functions that the organization connected. `distribution`: policy, required_skills, hold_seconds,
    max_open_claims, max_declines, availability_seconds, as `create_queue` has them. Raises Invalid with every problem
    at once; then nothing was made.
    """
    is_verification = task_type == TaskType.VERIFICATION
    attribute = label_attribute_name or (name if is_verification else f"{name}-ref")
    consolidation_rule = consolidation_rule or (EM if is_verification else DEFAULT_RULE)
    if gold_rate is None:
        gold_rate = 0.1 if task_type == TaskType.SEGMENTATION else 0.0
    if is_verification and content is None and task_template_id is None:
        content = JobContent(labels=_verdicts(label_set_id), title=_("Are the labels right?"))
    output = output_or_default(output_uri)
    numbers = {
        "number_of_labelers": number_of_labelers,
        "time_limit_seconds": time_limit_seconds,
        "max_concurrent": max_concurrent,
    }
    parts = _Parts()
    resolver = Resolver()
    name_problems = list(rules.name_problems(name))
    problems = [
        *name_problems,
        *_taken(name),
        # An attribute made from a bad name is no second problem.
        *(
            rules.attribute_problems(attribute)
            if not is_verification and (label_attribute_name or not name_problems)
            else ()
        ),
        *rules.number_problems(numbers),
        *rules.deadline_problems(deadline),
        *(
            prior_rules.verdict_rule_problems(consolidation_rule)
            if is_verification
            else rules.rule_problems(consolidation_rule, number_of_labelers)
        ),
        *(_take_content(content, parts) if content else _find_parts(label_set_id, task_template_id, parts)),
        *_team_problems(work_team_id, for_vendor),
        *rules.review_problems(review_team_id, review_share),
        *rules.distribution_problems(distribution),
        *rules.quality_problems({"gold_rate": gold_rate, "qualification_iou": qualification_iou}),
        *rules.skill_problems(is_qualification, qualification_skill),
        *function_problems("pre_annotation_arn", pre_annotation_arn),
        *function_problems("consolidation_arn", consolidation_arn),
        *prior_rules.type_problems(
            task_type,
            {
                "gold_rate": gold_rate,
                "is_qualification": is_qualification,
                "review_share": review_share,
                "review_team_id": review_team_id,
                "consolidation_function": called_function(consolidation_arn),
            },
        ),
        *rules.subset_problems(input_filter, sample_percent),
        *input_problems(resolver, input_uri),
        *output_problems(resolver, output),
    ]
    if task_type != TaskType.SEGMENTATION:
        problems += _take_prior(resolver, task_type, input_uri, prior_attribute_name, attribute, parts)
        if task_type == TaskType.ADJUSTMENT and content is not None:
            parts.categories = prior_rules.as_before(parts.categories, parts.prior)
    version = parts.version
    if problems or version is None:
        raise Invalid(_("The job cannot be created; each reason is listed."), fields=tuple(problems))
    try:
        with transaction.atomic():
            queue = create_queue(
                work_team_id=work_team_id,
                review_team_id=review_team_id,
                window=max_concurrent,
                labelers_wanted=number_of_labelers,
                lease_seconds=settings.CLAIM_LEASE_SECONDS,
                time_limit_seconds=time_limit_seconds or version.time_limit_seconds,
                deadline=deadline,
                is_qualification=is_qualification,
                **rules.lower_skills(distribution),
            )
            job = LabelingJob.objects.create(
                name=name,
                task_type=task_type,
                prior_attribute_name=parts.prior.attribute,
                label_attribute_name=attribute,
                input_uri=input_uri,
                input_filter="\n".join(read_patterns(input_filter)),
                sample_percent=sample_percent,
                output_uri=output,
                label_set=parts.label_set,
                task_template=parts.template,
                work_queue=queue,
                consolidation_rule=consolidation_rule,
                review_share=review_share,
                gold_rate=gold_rate,
                is_qualification=is_qualification,
                qualification_skill=" ".join(qualification_skill.split()) if is_qualification else "",
                qualification_iou=qualification_iou,
                stop_after_objects=stop_after_objects,
                stop_after_percent=stop_after_percent,
                created_by_id=actor_user_id,
                start_when_ready=start_when_ready,
            )
    except IntegrityError as error:  # somebody else took the name at the same moment
        raise Invalid(_("The job cannot be created."), fields=(_name_taken(name),)) from error
    _first_revision(job, parts, version)
    use_functions(job=job, pre_arn=pre_annotation_arn, consolidation_arn=consolidation_arn)
    add_usual_rules(job)
    record("labeling_job.created", "labeling_job", job.pk, name=name, input_uri=input_uri)
    emit(intake_message(job))
    return job


def intake_message(job: LabelingJob, delay: float = 0.0) -> Message:
    return Message("job.intake", job.organization_id, {"job_id": str(job.pk)}, key=str(job.pk), delay=delay)


def _first_revision(job: LabelingJob, parts: _Parts, version: TaskTemplateVersion) -> None:
    is_verification = job.task_type == TaskType.VERIFICATION
    JobRevision.objects.create(
        job=job,
        work_queue_id=job.work_queue_id,
        number=1,
        categories=list(parts.categories),
        title=version.title,
        instructions=version.instructions,
        source=version.source,
        is_framed=parts.is_framed and bool(version.source),
        template_input=dict(parts.template_input),
        tools=[] if is_verification else list(version.tools),
        allow_empty=version.allow_empty and not is_verification,
        allow_impossible=version.allow_impossible,
        require_full_coverage=version.require_full_coverage and not is_verification,
    )


def _taken(name: str) -> list[FieldProblem]:
    mine = LabelingJob.objects.filter(organization_id=current_scope().organization_id)
    return [_name_taken(name)] if mine.alias(low=Lower("name")).filter(low=name.lower()).exists() else []


def _name_taken(name: str) -> FieldProblem:
    return FieldProblem(
        "name", "name_taken", _("There is a job named %(name)s already. Choose another name.") % {"name": name}
    )


def _take_content(content: JobContent, parts: _Parts) -> list[FieldProblem]:
    categories, problems = complete_categories(content.labels)
    parts.categories = tuple(categories)
    parts.version = TaskTemplateVersion(
        title=content.title.strip(),
        instructions=content.instructions,
        source=content.source,
        tools=list(content.tools),
        allow_empty=content.allow_empty,
        allow_impossible=content.allow_impossible,
        require_full_coverage=content.require_full_coverage,
    )
    parts.is_framed, parts.template_input = content.is_framed, content.template_input
    shown = {
        "title": parts.version.title,
        "instructions": content.instructions,
        "source": content.source,
        "tools": list(content.tools),
    }
    return [*problems, *content_problems(shown)]


def _verdicts(label_set_id: uuid.UUID | None) -> Sequence[Mapping[str, Any]]:
    """A verification's labels: a label set's, else good and bad."""
    if label_set_id is None:
        return _GOOD_OR_BAD
    found = LabelSet.objects.filter(pk=label_set_id).first()
    return current_categories(found) if found else ()


def _take_prior(
    resolver: Resolver, task_type: str, input_uri: str, wanted: str, attribute: str, parts: _Parts
) -> list[FieldProblem]:
    problems = list(prior_rules.find_prior(resolver, input_uri, wanted, parts.prior))
    if task_type == TaskType.ADJUSTMENT and parts.categories:
        problems += prior_rules.class_problems(parts.categories, parts.prior)
    return [*problems, *prior_rules.name_problems(task_type, attribute, parts.prior)]


def _find_parts(labels: uuid.UUID | None, template: uuid.UUID | None, parts: _Parts) -> list[FieldProblem]:
    return [*_find_labels(labels, parts), *_find_template(template, parts)]


def _find_labels(label_set_id: uuid.UUID | None, parts: _Parts) -> list[FieldProblem]:
    parts.label_set = LabelSet.objects.filter(pk=label_set_id).first() if label_set_id else None
    if parts.label_set is None:
        return [FieldProblem("label_set_id", "not_found", _("There is no such label set. Choose one of yours."))]
    parts.categories = tuple(current_categories(parts.label_set))
    if not parts.categories:
        return [FieldProblem("label_set_id", "no_labels", _("The label set has no categories. Add at least one."))]
    return []


def _find_template(task_template_id: uuid.UUID | None, parts: _Parts) -> list[FieldProblem]:
    parts.template = TaskTemplate.objects.filter(pk=task_template_id).first() if task_template_id else None
    parts.version = current_version(parts.template) if parts.template else None
    if parts.version is None:
        message = _("There is no such task template. Choose one of yours.")
        return [FieldProblem("task_template_id", "not_found", message)]
    return []


def _team_problems(work_team_id: uuid.UUID | None, for_vendor: bool) -> list[FieldProblem]:
    if work_team_id is None:
        message = _("A job needs a work team. Choose one, or say that a vendor will do the work.")
        return [] if for_vendor else [FieldProblem("work_team_id", "no_team", message)]
    if for_vendor:
        message = _(
            "A job has a work team or is for a vendor. Leave work_team_id out and offer the job to the vendor; or "
            "leave for_vendor out: a job with a team can be offered to vendors, too."
        )
        return [FieldProblem("for_vendor", "team_and_vendor", message)]
    if not WorkTeam.objects.filter(pk=work_team_id).exists():
        message = _("There is no such work team in your organization. Choose one of yours.")
        return [FieldProblem("work_team_id", "not_found", message)]
    return []
