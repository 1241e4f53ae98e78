"""Try a function by hand: ask it about one made-up data object and keep how it went."""

import uuid
from datetime import UTC, datetime

from django.utils import timezone

from labeling.functions.calling import Caller, Target, target_of
from labeling.functions.errors import FunctionError
from labeling.functions.protocol import pre_request
from labeling.models import LabelingFunction
from labeling.services.functions.connecting import function_detail
from maskwright.audit.record import record
from maskwright.core.errors import DomainError
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import organization_scope

_OBJECT = {"source-ref": "s3://example-bucket/try-this-function.png"}
_JOB = "arn:aws:sagemaker:local:000000000000:labeling-job/try-this-function"


def try_function(*, function_id: uuid.UUID) -> LabelingFunction:
    """Have a worker process call it, since that may take minutes."""
    function = function_detail(function_id)
    record("labeling_function.tried", "labeling_function", function.pk, arn=function.arn)
    name = str(function.pk)
    emit(Message("function.try", function.organization_id, {"function_id": name}, key=name))
    return function


def run_trial(*, organization_id: uuid.UUID, function_id: uuid.UUID) -> None:
    """Any JSON is a good answer: what a consolidation function says to this is its own affair."""
    target, problem = read_target(organization_id, function_id)
    if target is not None:
        try:
            with Caller(target) as caller:
                caller.call(pre_request(_JOB, _OBJECT), key=f"try-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        except FunctionError as error:
            problem = error.message
    note_call(organization_id, function_id, problem)


def read_target(organization_id: uuid.UUID, function_id: uuid.UUID) -> tuple[Target | None, str]:
    """What to call, or why it cannot be called."""
    with organization_scope(organization_id):
        function = LabelingFunction.objects.filter(pk=function_id).first()
        if function is None:
            return None, ""
        try:
            return target_of(function), ""
        except DomainError as error:
            return None, error.message


def note_call(organization_id: uuid.UUID, function_id: uuid.UUID, problem: str) -> None:
    """Keep how the last call went, for the function's page."""
    with organization_scope(organization_id):
        LabelingFunction.objects.filter(pk=function_id).update(last_called_at=timezone.now(), last_error=problem[:1024])
