"""CreateLabelingJob and StopLabelingJob."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from labeling.manifests import LabelConfig, LabelConfigError, read_label_config
from labeling.manifests.label_config import MAX_BYTES
from labeling.models import LabelingJob, LabelingRequest, TagOf
from labeling.sagemaker.arns import job_arn
from labeling.sagemaker.crowd import MOST_CHARS, VERDICT_ELEMENTS, CrowdTemplate, prior_attributes, read_template
from labeling.sagemaker.errors import InUse, NotThere, ValidationFailed
from labeling.sagemaker.operation import Answer, Call, Request, operation
from labeling.sagemaker.operations.tags import put_tags
from labeling.sagemaker.roles import check_role
from labeling.sagemaker.rules import at_most, exactly_one, member, not_yet, unique_tags
from labeling.sagemaker.s3 import storage_uri
from labeling.sagemaker.task_types import ACS, PRE, attribute_name, known_functions, one_task_type, our_type, task_type
from labeling.sagemaker.teams import Workers, workers_of
from labeling.sagemaker.translate import sentences
from labeling.services.jobs import JobContent, create_job, stop_job
from labeling.states import JobState, TaskType
from labeling.storage import Resolver
from maskwright.core.errors import DomainError, Invalid
from maskwright.core.scope import current_scope
from maskwright.organizations.permissions import Permission
from workforce.services.grants import offer_grant

MANIFEST = "InputConfig.DataSource.S3DataSource.ManifestS3Uri"
OUTPUT = "OutputConfig.S3OutputPath"
LABELS = "LabelCategoryConfigS3Uri"
TEMPLATE = "HumanTaskConfig.UiConfig.UiTemplateS3Uri"
#: For so long an object is offered, and so old a job gets, unless a manager says otherwise.
MONTH = 30 * 86_400
_LATER = "is not available on this installation yet."
_RULES = [
    attribute_name,
    known_functions,
    one_task_type,
    at_most("HumanTaskConfig.TaskTimeLimitInSeconds", 28_800),
    at_most("HumanTaskConfig.TaskAvailabilityLifetimeInSeconds", MONTH),
    exactly_one("HumanTaskConfig.UiConfig", "UiTemplateS3Uri", "HumanTaskUiArn"),
    exactly_one("InputConfig.DataSource", "S3DataSource", "SnsDataSource"),
    not_yet("InputConfig.DataSource.SnsDataSource", f"a streaming labeling job {_LATER} Use S3DataSource."),
    not_yet("OutputConfig.SnsTopicArn", f"a message for each labeled object {_LATER} Leave it out."),
    not_yet("LabelingJobAlgorithmsConfig", f"automated data labeling {_LATER} Leave it out."),
    not_yet("HumanTaskConfig.UiConfig.HumanTaskUiArn", "semantic segmentation has a UiTemplateS3Uri instead."),
    unique_tags,
]
#: Our services' fields by the members they come from.
_MEMBERS = {
    "name": "LabelingJobName",
    "label_attribute_name": "LabelAttributeName",
    "prior_attribute_name": TEMPLATE,
    "label_set_id": LABELS,
    "input_uri": MANIFEST,
    "output_uri": OUTPUT,
    "number_of_labelers": "HumanTaskConfig.NumberOfHumanWorkersPerDataObject",
    "time_limit_seconds": "HumanTaskConfig.TaskTimeLimitInSeconds",
    "max_concurrent": "HumanTaskConfig.MaxConcurrentTaskCount",
    "availability_seconds": "HumanTaskConfig.TaskAvailabilityLifetimeInSeconds",
    "work_team_id": "HumanTaskConfig.WorkteamArn",
    "pre_annotation_arn": PRE,
    "consolidation_arn": ACS,
    "categories": LABELS,
    "title": "HumanTaskConfig.TaskTitle",
    "instructions": TEMPLATE,
    "source": TEMPLATE,
}


def find_job(name: str) -> LabelingJob | None:
    """A job of the organization in scope; names differ by more than case."""
    mine = LabelingJob.objects.filter(organization_id=current_scope().organization_id)
    found: LabelingJob | None = mine.filter(name__iexact=name).select_related("work_queue").first()
    return found


def _taken(name: str) -> InUse:
    return InUse(
        f"The labeling job name {name} is already in use. Choose another name: names differ by more than case."
    )


@operation(Permission.JOBS_MANAGE, writes=True, rules=_RULES)
def create_labeling_job(call: Call) -> Answer:
    """Everything is checked before anything is made; the job starts by itself once its photos are checked."""
    given = call.request
    name, human = given["LabelingJobName"], given["HumanTaskConfig"]
    check_role(given["RoleArn"])
    workers = workers_of(human["WorkteamArn"])
    if find_job(name) is not None:
        raise _taken(name)
    order = _order(given, workers)
    try:
        job = create_job(actor_user_id=call.actor.user_id, **order)
    except Invalid as error:
        if any(one.code == "name_taken" for one in error.fields):
            raise _taken(name) from error
        raise ValidationFailed(sentences(error, _MEMBERS)) from error
    LabelingRequest.objects.create(job=job, request={key: value for key, value in given.items() if key != "Tags"})
    put_tags(TagOf.LABELING_JOB, job.pk, given.get("Tags", []))
    if workers.vendor is not None:
        offer_grant(queue_id=job.work_queue_id, vendor_id=workers.vendor.pk, title=human["TaskTitle"])
    return {"LabelingJobArn": job_arn(call.account, job.name)}


def _order(given: Request, workers: Workers) -> dict[str, Any]:
    human, stops = given["HumanTaskConfig"], given.get("StoppingConditions", {})
    resolver = Resolver()
    kind = our_type(given)
    template, text = _template(resolver, given, kind)
    config = _config(resolver, given)
    return {
        "name": given["LabelingJobName"],
        "task_type": kind,
        "prior_attribute_name": (config.audited_attribute if config else "") or _prior(text, kind),
        "label_attribute_name": given["LabelAttributeName"],
        "input_uri": _manifest_uri(given),
        "output_uri": storage_uri(given["OutputConfig"]["S3OutputPath"], OUTPUT),
        "content": JobContent(
            labels=_labels(config, template),
            title=(template.header or human["TaskTitle"])[:128],
            instructions=template.instructions or human["TaskDescription"],
            source=text,
            is_framed=kind != TaskType.VERIFICATION and not _is_like_ours(template, kind, given),
            template_input=_template_input(config),
        ),
        "work_team_id": workers.team.team.pk if workers.team else None,
        "for_vendor": workers.vendor is not None,
        "number_of_labelers": human["NumberOfHumanWorkersPerDataObject"],
        "time_limit_seconds": human["TaskTimeLimitInSeconds"],
        "max_concurrent": human.get("MaxConcurrentTaskCount", 1000),
        "availability_seconds": human.get("TaskAvailabilityLifetimeInSeconds", MONTH),
        "deadline": timezone.now() + timedelta(seconds=MONTH),
        "pre_annotation_arn": member(given, PRE) or "",
        "consolidation_arn": member(given, ACS) or "",
        "start_when_ready": True,
        "stop_after_objects": stops.get("MaxHumanLabeledObjectCount"),
        "stop_after_percent": stops.get("MaxPercentageOfInputDatasetLabeled"),
    }


def _manifest_uri(given: Request) -> str:
    uri = storage_uri(member(given, MANIFEST), MANIFEST)
    if uri.endswith("/"):
        raise ValidationFailed(f"{MANIFEST}: '{uri[:200]}' is a prefix. Name the manifest file.")
    return uri


def _read(resolver: Resolver, uri: str, path: str, limit: int) -> bytes:
    """A file of the request. Raises ValidationFailed, naming the member, where it cannot be read."""
    try:
        return resolver.resolve(storage_uri(uri, path)).get(max_bytes=limit)
    except DomainError as error:
        raise ValidationFailed(f"{path}: {error.message}") from error


def _is_like_ours(template: CrowdTemplate, kind: TaskType, given: Request) -> bool:
    """Whether our own editor has all that the template shows: an adjustment's begins with the earlier mask, and the
    input of each task is the built-in function's."""
    is_built_in = member(given, PRE) is None or bool(task_type(given, PRE))
    return template.is_plain and is_built_in and template.begins_with_prior == (kind == TaskType.ADJUSTMENT)


def _prior(text: str, kind: TaskType) -> str:
    """The earlier label that the template reads from the manifest line; "" where it does not say, or says several."""
    found = prior_attributes(text) if kind != TaskType.SEGMENTATION else []
    return found[0] if len(found) == 1 else ""


def _template(resolver: Resolver, given: Request, kind: TaskType) -> tuple[CrowdTemplate, str]:
    data = _read(resolver, member(given, TEMPLATE), TEMPLATE, MOST_CHARS * 4)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationFailed(f"{TEMPLATE}: the template is not UTF-8.") from error
    if len(text) > MOST_CHARS:
        raise ValidationFailed(f"{TEMPLATE}: the template has more than {MOST_CHARS} characters.")
    template = read_template(text)
    if kind != TaskType.VERIFICATION and (not template.element or template.element in VERDICT_ELEMENTS):
        raise ValidationFailed(f"{TEMPLATE}: the template has no <crowd-semantic-segmentation> element.")
    return template, text


def _config(resolver: Resolver, given: Request) -> LabelConfig | None:
    uri = given.get(LABELS)
    if uri is None:
        return None
    try:
        return read_label_config(_read(resolver, uri, LABELS, MAX_BYTES))
    except LabelConfigError as error:
        raise ValidationFailed(f"{LABELS}: {error}") from error


def _labels(config: LabelConfig | None, template: CrowdTemplate) -> list[dict[str, Any]]:
    """The file's labels; those of the template where there is no file."""
    if config is not None:
        return [{"name": one.name, "color": one.color, "description": one.description} for one in config.labels]
    if not template.labels:
        raise ValidationFailed(f"{LABELS}: name a label category configuration file, or labels in the template.")
    return [{"name": name} for name in template.labels]


def _template_input(config: LabelConfig | None) -> dict[str, Any]:
    """The file's instructions, for templates that show them."""
    if config is None or not (config.short_instruction or config.full_instruction):
        return {}
    return {
        "instructions": {
            "shortInstruction": config.short_instruction,
            "fullInstruction": config.full_instruction,
        }
    }


@operation(Permission.JOBS_MANAGE, writes=True)
def stop_labeling_job(call: Call) -> Answer:
    """Labels so far are in the output manifest when it is Stopped. Stopping what stops already changes nothing."""
    name = call.request["LabelingJobName"]
    job = find_job(name)
    if job is None:
        raise NotThere(f"The labeling job {name} does not exist.")
    if job.state in (JobState.STOPPING, JobState.STOPPED):
        return None
    if job.state in (JobState.COMPLETED, JobState.FAILED):
        status = "Completed" if job.state == JobState.COMPLETED else "Failed"
        raise ValidationFailed(f"The labeling job {name} cannot be stopped: its status is {status}.")
    stop_job(job_id=job.pk)
    return None
