"""Events of labeling jobs and their objects, for whoever subscribed. Part of the transaction that they tell of."""

from collections.abc import Collection
from typing import Any

from labeling.models import DataObject, LabelingJob, Task
from labeling.sagemaker.arns import job_arn
from labeling.states import GROUND_TRUTH_STATUS, JobState, TaskState
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope
from maskwright.organizations.models.event import EventKind
from maskwright.organizations.services.events import account_id, envelope, post_event, subscriptions_of

#: Ground Truth's own: sent when a job ended.
JOB_EVENT = "SageMaker Ground Truth Labeling Job State Change"
TASK_EVENT = "Maskwright Labeling Task State Change"
_ENDS = frozenset({JobState.STOPPED, JobState.COMPLETED, JobState.FAILED})


def tell_of_job(job: LabelingJob, before: JobState, to: JobState) -> None:
    """A job moved from one state to another; of two that are the same to Ground Truth nothing is told."""
    status = GROUND_TRUTH_STATUS[to]
    if GROUND_TRUTH_STATUS[before] == status:
        return
    kinds = [EventKind.JOB_CHANGED, *((EventKind.JOB_ENDED,) if to in _ENDS else ())]
    subscriptions = subscriptions_of(*kinds)
    if subscriptions:
        detail = {"LabelingJobStatus": status}
        _post(EventKind.JOB_ENDED if to in _ENDS else EventKind.JOB_CHANGED, JOB_EVENT, job.name, detail, subscriptions)


def tell_of_task(task: Task, to: TaskState) -> None:
    """A data object got its label, or failed. Where a vendor brought that about, its customer tells it."""
    if to not in (TaskState.DONE, TaskState.FAILED):
        return
    if current_scope().organization_id != task.organization_id:
        emit(Message("task.tell", task.organization_id, {"task_id": str(task.pk)}))
        return
    subscriptions = subscriptions_of(EventKind.TASK_ENDED)
    if not subscriptions:
        return
    item = DataObject.objects.defer("line").get(pk=task.data_object_id)
    detail: dict[str, Any] = {
        "LabelingJobName": LabelingJob.objects.values_list("name", flat=True).get(pk=task.job_id),
        "DatasetObjectId": str(item.index),
        "SourceRef": item.source_ref,
        "TaskStatus": "Labeled" if to == TaskState.DONE else "Failed",
    }
    if to == TaskState.FAILED:
        detail |= {"FailureCode": task.failure_code, "FailureReason": task.failure_reason}
    _post(EventKind.TASK_ENDED, TASK_EVENT, detail["LabelingJobName"], detail, subscriptions)


def _post(kind: str, name: str, job: str, detail: dict[str, Any], subscriptions: Collection[Any]) -> None:
    is_ours = name != JOB_EVENT
    body = envelope(
        name,
        source="maskwright" if is_ours else "aws.sagemaker",
        resources=[job_arn(account_id(), job)],
        detail=detail,
    )
    post_event(kind, body, subscriptions)
