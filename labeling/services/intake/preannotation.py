"""Third pass, of jobs with a pre-annotation function: each photo is told to it, and becomes a task with what it says.

A call is a row (`FunctionCall`) from the moment its photo was found usable until it is answered. A killed run asks
again, under the same key. A function that does not answer is asked again after a while, up to `DELAYS` times; while it
answers nobody, nobody else is tried.
"""

import json
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_noop

from labeling.functions.calling import Caller
from labeling.functions.errors import FunctionError, FunctionRefused, FunctionUnavailable
from labeling.functions.protocol import TaskInput, pre_request, read_pre_answer
from labeling.models import DataObject, FunctionCall, JobFunctions, LabelingJob, Task
from labeling.models.function import CallState, FunctionRole
from labeling.sagemaker.arns import job_arn
from labeling.services.functions.trying import note_call, read_target
from labeling.services.intake.counts import NOT_REQUIRED, moved
from labeling.states import JobState
from maskwright.core.ids import uuid7
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from workforce.services.queues import add_items

CHUNK = 16
_THREADS = 4
#: Seconds before each further attempt; after the last of them the object is given up, and can be retried by hand.
DELAYS = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
#: After this long a run hands over to a new message, as intake's do.
RUN_SECONDS = 600.0
REFUSED, UNAVAILABLE = "function_refused", "function_unavailable"
_LIVE = (JobState.INITIALIZING, JobState.READY, JobState.IN_PROGRESS, JobState.PAUSED)
_NAMESPACE = uuid.UUID("b2a51c47-0b7e-4a0e-8a0b-7d6f3f0f3a11")

_Said = TaskInput | FunctionError


def add_tasks(job: LabelingJob, usable: Sequence[DataObject]) -> None:
    """Work items and tasks of photos that can be labeled."""
    if not usable:
        return
    items = {row.pk: uuid7() for row in usable}
    add_items(queue_id=job.work_queue_id, items=[(items[row.pk], row.index) for row in usable])
    Task.objects.bulk_create(
        Task(
            organization_id=job.organization_id,
            job_id=job.pk,
            work_queue_id=job.work_queue_id,
            data_object_id=row.pk,
            work_item_id=items[row.pk],
        )
        for row in usable
    )


def take_on(job: LabelingJob, usable: Sequence[DataObject]) -> None:
    """Usable photos become tasks, or are first told to the job's pre-annotation function."""
    if not usable or not JobFunctions.objects.filter(job=job, pre_function__isnull=False).exists():
        add_tasks(job, usable)
        return
    # Of those that are tried again there is a row already.
    known = FunctionCall.objects.filter(role=FunctionRole.PRE, data_object__in=[row.pk for row in usable])
    known.update(state=CallState.WAITING, attempts=0, next_at=timezone.now(), error="", answer=None)
    FunctionCall.objects.bulk_create(
        [
            FunctionCall(
                organization_id=job.organization_id,
                job_id=job.pk,
                work_queue_id=job.work_queue_id,
                data_object_id=row.pk,
                index=row.index,
                role=FunctionRole.PRE,
                next_at=timezone.now(),
            )
            for row in usable
        ],
        ignore_conflicts=True,
    )


def is_asking(job: LabelingJob) -> bool:
    """Whether photos of a job still wait for its pre-annotation function."""
    return FunctionCall.objects.filter(job=job, role=FunctionRole.PRE, state=CallState.WAITING).exists()


def annotate_message(job: LabelingJob, delay: float = 0.0) -> Message:
    """Ask about what waits, of a job whose intake is over: photos that were tried again."""
    return Message("function.annotate", job.organization_id, {"job_id": str(job.pk)}, key=str(job.pk), delay=delay)


def annotate_later(*, organization_id: uuid.UUID, job_id: uuid.UUID) -> None:
    """One run outside of intake; asks for the next while something waits."""
    wait = annotate_objects(organization_id=organization_id, job_id=job_id)
    with organization_scope(organization_id):
        job = LabelingJob.objects.filter(pk=job_id).first()
        if job is None:
            return
        if wait is not None:
            emit(annotate_message(job, wait))
        else:  # nobody else may move this job on, when the last of its objects needed nobody
            emit(Message("job.finish", organization_id, {"job_id": str(job_id)}, key=str(job_id)))


def give_up_asking(*, job_id: uuid.UUID, reason: str) -> None:
    """The runs themselves failed: what waits is given up, visibly, and can be retried by hand."""
    job = LabelingJob.objects.select_for_update(no_key=True).filter(pk=job_id).first()
    if job is None:
        return
    waiting = FunctionCall.objects.select_for_update(no_key=True).filter(
        job=job, role=FunctionRole.PRE, state=CallState.WAITING
    )
    for call in waiting.order_by("index"):
        item = DataObject.objects.select_for_update(no_key=True).defer("line").get(pk=call.data_object_id)
        _settle(job, call, item, FunctionRefused(reason), [])
    LabelingJob.objects.filter(pk=job.pk).update(preflight=job.preflight)


def annotate_objects(*, organization_id: uuid.UUID, job_id: uuid.UUID) -> float | None:
    """Ask about everything that is due. None when nothing waits any more, else after how many seconds to go on.

    Opens its own scopes; none is open while the function is called.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        asking: _Asking | None = None
        while True:
            with organization_scope(organization_id):
                due = _due(job_id)
                if not due:
                    return _wait(job_id)
                plan = _plan(job_id)
            if plan is None:
                return None
            if asking is None or asking.plan != plan:
                asking = stack.enter_context(_Asking(plan))
            said = asking.ask(due)
            _write(plan, due, said)
            if time.monotonic() - began >= RUN_SECONDS:
                return 0.0


@dataclass(frozen=True)
class _Plan:
    organization_id: uuid.UUID
    job_id: uuid.UUID
    function_id: uuid.UUID
    arn: str


@dataclass(frozen=True)
class _Due:
    call_id: uuid.UUID
    object_id: uuid.UUID
    line: str


def _due(job_id: uuid.UUID) -> list[_Due]:
    waiting = FunctionCall.objects.filter(job_id=job_id, role=FunctionRole.PRE, state=CallState.WAITING)
    rows = waiting.filter(next_at__lte=timezone.now()).order_by("next_at", "index")
    return [_Due(*row) for row in rows.values_list("pk", "data_object_id", "data_object__line")[:CHUNK]]


def _wait(job_id: uuid.UUID) -> float | None:
    waiting = FunctionCall.objects.filter(job_id=job_id, role=FunctionRole.PRE, state=CallState.WAITING)
    first: datetime | None = waiting.aggregate(first=Min("next_at"))["first"]
    return None if first is None else max(0.5, (first - timezone.now()).total_seconds())


def _plan(job_id: uuid.UUID) -> _Plan | None:
    """None when the job has ended, or is no more."""
    used = JobFunctions.objects.select_related("job").filter(job_id=job_id, job__state__in=_LIVE).first()
    if used is None or used.pre_function_id is None:
        return None
    account = Organization.objects.values_list("account_id", flat=True).get(pk=used.organization_id)
    return _Plan(used.organization_id, job_id, used.pre_function_id, job_arn(account, used.job.name))


class _Asking:
    """Some threads, each with a caller of its own. A context manager."""

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        self._stack = ExitStack()

    def __enter__(self) -> "_Asking":
        target, self._problem = read_target(self.plan.organization_id, self.plan.function_id)
        self._pool = self._stack.enter_context(ThreadPoolExecutor(_THREADS, thread_name_prefix="function"))
        self._callers = [self._stack.enter_context(Caller(target)) for _ in range(_THREADS)] if target else []
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def ask(self, due: Sequence[_Due]) -> list[_Said]:
        """What is said about each; none is asked any more once the first of each thread got no answer."""
        parts = [list(due[start::_THREADS]) for start in range(_THREADS)]
        if not self._callers:
            return [FunctionUnavailable(self._problem) for _ in due]
        answers = dict[uuid.UUID, _Said]()
        for found in self._pool.map(self._ask_in_turn, self._callers, parts):
            answers |= found
        return [answers[one.call_id] for one in due]

    def _ask_in_turn(self, caller: Caller, part: Sequence[_Due]) -> dict[uuid.UUID, _Said]:
        found: dict[uuid.UUID, _Said] = {}
        gone: FunctionUnavailable | None = None
        for place, one in enumerate(part):
            found[one.call_id] = gone or _one_answer(caller, self.plan, one)
            said = found[one.call_id]
            if place == 0 and isinstance(said, FunctionUnavailable):
                gone = said
        return found


def _one_answer(caller: Caller, plan: _Plan, one: _Due) -> _Said:
    key = str(uuid.uuid5(_NAMESPACE, f"{one.call_id}"))
    try:
        return read_pre_answer(caller.call(pre_request(plan.arn, json.loads(one.line)), key=key))
    except FunctionError as error:
        return error


def _write(plan: _Plan, due: Sequence[_Due], said: Sequence[_Said]) -> None:
    """Keep a chunk's answers; those that another run kept meanwhile are left as they are."""
    answers = {one.call_id: answer for one, answer in zip(due, said, strict=True)}
    lost = [answer for answer in said if isinstance(answer, FunctionUnavailable)]
    with organization_scope(plan.organization_id):
        job = LabelingJob.objects.select_for_update(no_key=True).filter(pk=plan.job_id, state__in=_LIVE).first()
        if job is None:
            return
        calls = FunctionCall.objects.select_for_update(no_key=True).filter(pk__in=answers, state=CallState.WAITING)
        usable: list[DataObject] = []
        for call in calls.order_by("index"):
            item = DataObject.objects.select_for_update(no_key=True).defer("line").get(pk=call.data_object_id)
            _settle(job, call, item, answers[call.pk], usable)
        add_tasks(job, usable)
        if len(lost) == len(said):
            _hold_back(job, lost[0].message)
        job.preflight = {name: value for name, value in job.preflight.items() if name != "function_error"} | (
            {"function_error": lost[0].message} if lost else {}
        )
        LabelingJob.objects.filter(pk=job.pk).update(preflight=job.preflight)
        emit(push(job.organization_id, f"job.{job.pk}", "job.progress", job=job.pk))
    note_call(plan.organization_id, plan.function_id, lost[0].message if lost else "")


def _settle(job: LabelingJob, call: FunctionCall, item: DataObject, said: _Said, usable: list[DataObject]) -> None:
    """One call's row and its data object, both locked; `job.preflight` follows."""
    code = problem = ""
    if isinstance(said, TaskInput):
        call.state, call.error = CallState.DONE, ""
        call.answer = {"task_input": said.task_input, "is_required": said.is_required}
        if said.is_required:
            usable.append(item)
        else:
            code = NOT_REQUIRED
            problem = gettext_noop(
                "The pre-annotation function says that nobody need label it; it passes on unchanged."
            )
    else:
        call.attempts, call.error = call.attempts + 1, said.message[:1024]
        if isinstance(said, FunctionUnavailable) and call.attempts <= len(DELAYS):
            call.next_at = timezone.now() + timedelta(seconds=DELAYS[call.attempts - 1])
        else:
            call.state = CallState.FAILED
            code = UNAVAILABLE if isinstance(said, FunctionUnavailable) else REFUSED
            problem = said.message
    call.save(update_fields=["state", "attempts", "next_at", "error", "answer"])
    if code:
        item.problem_code, item.problem = code, problem[:500]
        item.save(update_fields=["problem_code", "problem"])
        job.preflight = moved(job.preflight, "", code)


def _hold_back(job: LabelingJob, reason: str) -> None:
    """Nobody was answered: those that wait beside the chunk wait as long, without having been tried."""
    waiting = FunctionCall.objects.filter(job=job, role=FunctionRole.PRE, state=CallState.WAITING)
    tried = waiting.filter(attempts__gt=0).aggregate(first=Min("next_at"))["first"]
    if tried is not None:
        waiting.filter(next_at__lt=tried).update(next_at=tried, error=reason[:1024])
