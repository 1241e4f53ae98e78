"""Ask a job's consolidation function about the answers that wait, several objects at a time.

What is asked is a row for each object and generation (`FunctionCall`). A run takes some rows for as long as it lives,
writes the documented payload, calls with no transaction open, and settles each object by itself: with a mask that fits,
or with the reason why not. A killed run's rows are taken again soon and asked under the same key.
"""

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_noop

from labeling.functions.answer_masks import Photo, confidence_of, inline_png, own_metadata, read_mask
from labeling.functions.calling import Caller
from labeling.functions.errors import FunctionError, FunctionRefused, FunctionUnavailable
from labeling.functions.protocol import (
    MOST_LABEL,
    ConsolidationOrder,
    consolidation_event,
    read_consolidation_answer,
)
from labeling.manifests import consolidation_item
from labeling.manifests.attributes import dump
from labeling.masks import MaskRaster
from labeling.models import FunctionCall, JobFunctions, LabelingFunction, LabelingJob, LabelingRequest, Task
from labeling.models.function import CallState, FunctionRole
from labeling.sagemaker.arns import job_arn
from labeling.services.consolidation import current_task, publish, read_masks, vote
from labeling.services.consolidation_files import worker_answers
from labeling.services.consolidation_plan import Plan, read_plan
from labeling.services.functions.trying import note_call, read_target
from labeling.services.functions.waiting import ask_message
from labeling.services.intake.preannotation import DELAYS, REFUSED, UNAVAILABLE
from labeling.services.tasks import advance_task
from labeling.states import TaskState
from labeling.storage import Location, Resolver
from maskwright.core.errors import DomainError, Unavailable
from maskwright.core.heartbeat import heartbeat
from maskwright.core.outbox import emit
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from workforce.services.items import lock_item

#: A payload of more bytes is not sent along; its address is, as documented.
MOST_INLINE = 4 << 20
#: From this attempt on objects are asked about one at a time: one of them may be what the function fails at.
ALONE_AFTER = 2
RUN_SECONDS = 600.0
#: For so long a run has its rows to itself; renewed while it lives, however long an answer takes.
_LEASE = timedelta(seconds=15)
_NAMESPACE = uuid.UUID("5d0a7d1e-3f0c-4d43-9d51-6f8f3a1e2c22")


@dataclass(frozen=True)
class _Asked:
    """One object of a batch."""

    call_id: uuid.UUID
    plan: Plan


@dataclass(frozen=True)
class _Batch:
    organization_id: uuid.UUID
    function_id: uuid.UUID | None
    order: ConsolidationOrder
    asked: list[_Asked]


def consolidate_waiting(*, organization_id: uuid.UUID, job_id: uuid.UUID) -> None:
    """Ask about everything that is due, and see to it that the rest is asked later."""
    began = time.monotonic()
    while time.monotonic() - began < RUN_SECONDS:
        with organization_scope(organization_id):
            batch = _take(job_id)
        if batch is None:
            break
        unsettled = {one.call_id for one in batch.asked}
        with heartbeat(partial(_hold, organization_id, unsettled), every=_LEASE.total_seconds() / 3):
            _consolidate(batch, unsettled)
    with organization_scope(organization_id):
        first = _waiting(job_id).aggregate(first=Min("next_at"))["first"]
        if first is not None:
            delay = max(0.5, (first - timezone.now()).total_seconds())
            emit(ask_message(organization_id, job_id, delay))


def give_up_consolidating(*, job_id: uuid.UUID, reason: str) -> None:
    """The runs themselves failed; a manager sees why at each object and can try again. Acts in the open scope."""
    for call in _waiting(job_id).order_by("index"):
        plan = read_plan(_task_of(call).pk)
        if plan is not None and plan.generation == call.generation:
            _fail(plan, call.pk, "consolidation_failed", reason)
        FunctionCall.objects.filter(pk=call.pk).update(state=CallState.FAILED, error=reason[:1024])


def _waiting(job_id: uuid.UUID) -> Any:
    return FunctionCall.objects.filter(job_id=job_id, role=FunctionRole.CONSOLIDATION, state=CallState.WAITING)


def _task_of(call: FunctionCall) -> Task:
    return Task.objects.get(data_object_id=call.data_object_id)


def _take(job_id: uuid.UUID) -> _Batch | None:
    """Take what is due, so that no other run asks about it meanwhile. Rows of older generations are closed."""
    used = JobFunctions.objects.select_related("job", "consolidation_function").filter(job_id=job_id).first()
    if used is None:
        return None
    function: LabelingFunction | None = used.consolidation_function
    due = _waiting(job_id).filter(next_at__lte=timezone.now()).order_by("-attempts", "next_at", "index")
    most = function.batch_size if function is not None else 1
    rows = list(due.select_for_update(no_key=True, skip_locked=True)[:most])
    if rows and rows[0].attempts >= ALONE_AFTER:
        rows = rows[:1]
    if not rows:
        return None
    _waiting(job_id).filter(pk__in=[row.pk for row in rows]).update(next_at=timezone.now() + _LEASE)
    asked = []
    for row in rows:
        plan = read_plan(_task_of(row).pk)
        if plan is None or plan.generation != row.generation:
            FunctionCall.objects.filter(pk=row.pk).update(state=CallState.FAILED)
        else:
            asked.append(_Asked(row.pk, plan))
    asked.sort(key=lambda one: one.plan.index)
    order = _order(used.job, asked)
    return _Batch(used.organization_id, function.pk if function is not None else None, order, asked)


def _hold(organization_id: uuid.UUID, unsettled: set[uuid.UUID]) -> None:
    """Another process's run leaves them alone for a while longer."""
    with organization_scope(organization_id):
        held = FunctionCall.objects.filter(pk__in=list(unsettled), state=CallState.WAITING)
        held.update(next_at=timezone.now() + _LEASE)


def _order(job: LabelingJob, asked: Sequence[_Asked]) -> ConsolidationOrder:
    account = Organization.objects.values_list("account_id", flat=True).get(pk=job.organization_id)
    made = LabelingRequest.objects.filter(job=job).first()
    request: dict[str, Any] = made.request if made is not None else {}
    return ConsolidationOrder(
        job_arn=job_arn(account, job.name),
        categories=[category["name"] for category in asked[0].plan.categories] if asked else [],
        attribute=job.label_attribute_name,
        role_arn=str(request.get("RoleArn") or f"arn:aws:iam::{account}:role/maskwright"),
        output_path=job.output_uri,
        kms_key_id=str(request.get("OutputConfig", {}).get("KmsKeyId") or ""),
    )


def _consolidate(batch: _Batch, unsettled: set[uuid.UUID]) -> None:
    if not batch.asked:
        return
    pngs = {one.call_id: read_masks(one.plan) for one in batch.asked}
    items = [
        consolidation_item(one.plan.index, one.plan.source_ref, worker_answers(one.plan, pngs[one.call_id]))
        for one in batch.asked
    ]
    said = _ask(batch, items)
    if isinstance(said, FunctionRefused) and len(batch.asked) > 1:  # one of them may be what it stumbled over
        for one in batch.asked:
            _consolidate(replace(batch, asked=[one]), unsettled)
        return
    for one in batch.asked:
        answer = said if isinstance(said, FunctionError) else said[str(one.plan.index)]
        if isinstance(answer, FunctionUnavailable):
            unsettled.discard(one.call_id)  # when it is asked again is now said by the row alone
        _settle(batch, one, answer, pngs[one.call_id])


def _ask(batch: _Batch, items: list[dict[str, object]]) -> dict[str, dict[str, Any] | FunctionRefused] | FunctionError:
    """What the function says about each object; or why nothing can be made of it."""
    last = max(batch.asked, key=lambda one: one.plan.at).plan
    key, payload = last.keys.consolidation_request(last.at), dump(items).encode()
    last.put(key, payload, "application/json")
    inline = items if len(payload) <= MOST_INLINE else None
    event = consolidation_event(batch.order, last.address(key), inline)
    problem = ""
    try:
        answer = _call(batch, event)
        return read_consolidation_answer(answer, [str(one.plan.index) for one in batch.asked])
    except FunctionError as error:
        problem = error.message
        return error
    finally:
        if batch.function_id is not None:
            note_call(batch.organization_id, batch.function_id, problem)


def _call(batch: _Batch, event: dict[str, Any]) -> Any:
    if batch.function_id is None:
        raise FunctionRefused(gettext_noop("The consolidation function of this job was removed."))
    target, problem = read_target(batch.organization_id, batch.function_id)
    if target is None:
        raise FunctionUnavailable(problem)
    name = ",".join(sorted(str(one.call_id) for one in batch.asked))
    with Caller(target) as caller:
        return caller.call(event, key=str(uuid.uuid5(_NAMESPACE, name)))


def _settle(batch: _Batch, one: _Asked, said: dict[str, Any] | FunctionError, pngs: dict[uuid.UUID, bytes]) -> None:
    """One object's end, whatever becomes of the others."""
    plan = one.plan
    try:
        if isinstance(said, FunctionError):
            raise said
        raster, metadata = _label(plan, batch.order.attribute, said)
    except FunctionUnavailable as error:
        _put_off(plan, one.call_id, error)
        return
    except FunctionRefused as error:
        with organization_scope(plan.organization_id):
            _fail(plan, one.call_id, REFUSED, error.message)
        return
    result, _name, scores = vote(plan, pngs)
    given = confidence_of(metadata)
    result = replace(result, raster=raster, confidence=result.confidence if given is None else given)

    def close() -> None:
        FunctionCall.objects.filter(pk=one.call_id).update(state=CallState.DONE, error="", answer=_short(said))

    name = plan.function_arn.partition(":function:")[2].partition(":")[0]
    publish(plan, result, f"function/{name}"[:60], scores, metadata=own_metadata(metadata), also=close)


def _short(said: dict[str, Any]) -> dict[str, Any]:
    """The answer without a mask that was sent along: that is kept as a file."""
    return {name: value for name, value in said.items() if isinstance(value, str) or name.endswith("-metadata")}


def _label(plan: Plan, attribute: str, said: dict[str, Any]) -> tuple[MaskRaster, dict[str, Any]]:
    """The mask of an answer and the metadata beside it. Raises FunctionError."""
    if len(json.dumps({name: value for name, value in said.items() if name != attribute})) > MOST_LABEL:
        raise FunctionRefused(gettext_noop("The function's answer has more than 100,000 characters beside the label."))
    if attribute not in said:
        raise FunctionRefused(gettext_noop("The function's answer has no “%(name)s”.") % {"name": attribute})
    metadata = said.get(f"{attribute}-metadata", {})
    if not isinstance(metadata, dict):
        metadata = {}
    indices = {category["name"]: category["index"] for category in plan.categories}
    photo, value = Photo(plan.width, plan.height, indices), said[attribute]
    if isinstance(value, str):
        return read_mask(_fetch(plan, value, photo.most_bytes), photo, metadata=metadata), metadata
    inline = inline_png(value) if isinstance(value, dict) else None
    if inline is None:
        message = gettext_noop("The function's “%(name)s” is neither the address of a mask nor an answer with one.")
        raise FunctionRefused(message % {"name": attribute})
    return read_mask(inline[0], photo, metadata=metadata, mappings=inline[1]), metadata


def _fetch(plan: Plan, uri: str, most: int) -> bytes:
    """A mask in one of the organization's own storages."""
    try:
        with organization_scope(plan.organization_id):
            location: Location = Resolver().resolve(uri)
        return location.get(max_bytes=most)
    except Unavailable as error:
        raise FunctionUnavailable(error.message) from error
    except DomainError as error:
        message = gettext_noop("The mask that the function names cannot be read: %(error)s")
        raise FunctionRefused(message % {"error": error.message}) from error


def _put_off(plan: Plan, call_id: uuid.UUID, error: FunctionUnavailable) -> None:
    """Ask again later, or give up after the last attempt."""
    with organization_scope(plan.organization_id):
        lock_item(plan.work_item_id)  # the order of locks is item, then task
        call = FunctionCall.objects.select_for_update(no_key=True).get(pk=call_id)
        call.attempts, call.error = call.attempts + 1, error.message[:1024]
        if call.attempts <= len(DELAYS):
            call.next_at = timezone.now() + timedelta(seconds=DELAYS[call.attempts - 1])
            call.save(update_fields=["attempts", "error", "next_at"])
            return
        call.save(update_fields=["attempts", "error"])
        _fail(plan, call_id, UNAVAILABLE, error.message)


def _fail(plan: Plan, call_id: uuid.UUID, code: str, reason: str) -> None:
    """In the open scope: the object failed, with the reason."""
    lock_item(plan.work_item_id)
    FunctionCall.objects.filter(pk=call_id).update(state=CallState.FAILED, error=reason[:1024])
    task = current_task(plan)
    if task is not None:
        advance_task(task=task, to=TaskState.FAILED, code=code, reason=reason)
