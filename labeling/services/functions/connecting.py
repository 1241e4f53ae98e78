"""Connect a function to an ARN: a built-in, a webhook or an installed Python function. A secret goes out once."""

import re
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from labeling.functions.calling import PURPOSE
from labeling.functions.entry_points import installed_functions
from labeling.models import JobFunctions, LabelingFunction
from labeling.models.function import FunctionKind
from labeling.states import JobState
from maskwright.audit.record import record
from maskwright.core.crypto import encrypt_json
from maskwright.core.errors import Conflict, DomainError, FieldProblem, Invalid, NotFound
from maskwright.core.scope import current_scope
from maskwright.core.webhooks import check_webhook

#: Task types that are built in; the last part of an ARN such as ...:function:PRE-SemanticSegmentation names one, too.
BUILTIN = (
    "SemanticSegmentation",
    "PassThrough",
    "AdjustmentSemanticSegmentation",
    "VerificationSemanticSegmentation",
)
MOST = 100
MIN_TIMEOUT, MAX_TIMEOUT = 1, 300
MAX_BATCH = 100
_ARN = re.compile(r"arn:aws[a-z\-]*:lambda:[a-z0-9\-]*:[0-9]{12}:function:[A-Za-z0-9_:$-]+", re.ASCII)
_ENDED = (JobState.STOPPED, JobState.COMPLETED, JobState.FAILED)


@dataclass(frozen=True)
class NewFunction:
    """A function just saved. `secret`: of a webhook that has a new one; never readable again."""

    function: LabelingFunction
    secret: str = ""


def function_list() -> QuerySet[LabelingFunction]:
    owner = current_scope().organization_id
    return LabelingFunction.objects.filter(organization_id=owner).order_by("arn")


def function_detail(function_id: uuid.UUID) -> LabelingFunction:
    found = function_list().filter(pk=function_id).first()
    if found is None:
        raise NotFound(_("There is no such function."))
    return found


def find_function(arn: str) -> LabelingFunction | None:
    """What the organization in scope connected to an ARN; to the same without its version, where there is none."""
    found = {row.arn: row for row in function_list().filter(arn__in=[arn, _unversioned(arn)])}
    return found.get(arn) or found.get(_unversioned(arn))


def _unversioned(arn: str) -> str:
    """`...:function:name:alias` without the alias."""
    return ":".join(arn.split(":")[:7])


def save_function(
    *,
    function_id: uuid.UUID | None = None,
    arn: str,
    kind: str,
    target: str,
    description: str = "",
    timeout_seconds: int = 30,
    batch_size: int = 10,
) -> NewFunction:
    """Connect a function, or change one; jobs that run ask what it names from now on.

    A webhook gets its secret when it is made, and a new one when its address changes: whoever answers there knows
    only what was sent there. Raises Invalid with every problem at once, Conflict, NotFound.
    """
    stored = _locked(function_id) if function_id else None
    values: dict[str, Any] = {
        "arn": arn.strip(),
        "kind": kind,
        "target": target.strip(),
        "description": " ".join(description.split()),
        "timeout_seconds": timeout_seconds,
        "batch_size": batch_size,
    }
    problems = [*_arn_problems(values["arn"], stored), *_target_problems(values), *_number_problems(values)]
    if problems:
        raise Invalid(_("The function cannot be saved; each reason is listed."), fields=tuple(problems))
    if stored is None and function_list().count() >= MOST:
        raise Conflict(_("There are %(most)d functions already. Remove one that is not used.") % {"most": MOST})
    function = stored or LabelingFunction()
    is_same = stored is not None and (stored.kind, stored.target) == (kind, values["target"])
    for name, value in values.items():
        setattr(function, name, value)
    secret = ""
    if not is_same:
        secret = _renew(function) if kind == FunctionKind.WEBHOOK else ""
        function.secret = function.secret if secret else b""
        function.last_called_at, function.last_error = None, ""
    try:
        with transaction.atomic():
            function.save()
    except IntegrityError as error:  # somebody else took the ARN at the same moment
        raise Invalid(_("Another function has this ARN already."), fields=(_taken(),)) from error
    verb = "labeling_function.changed" if stored else "labeling_function.created"
    record(verb, "labeling_function", function.pk, arn=function.arn, kind=kind, target=function.target)
    return NewFunction(function, secret)


def renew_secret(*, function_id: uuid.UUID) -> NewFunction:
    """A new secret for a webhook; the former signs nothing any more."""
    function = _locked(function_id)
    if function.kind != FunctionKind.WEBHOOK:
        raise Conflict(_("Only a webhook has a secret."))
    secret = _renew(function)
    function.save(update_fields=["secret"])
    record("labeling_function.secret_renewed", "labeling_function", function.pk, arn=function.arn)
    return NewFunction(function, secret)


def remove_function(*, function_id: uuid.UUID) -> None:
    """Forget a function and its secret. Refused while a job that has not ended uses it."""
    function = _locked(function_id)
    uses = JobFunctions.objects.filter(Q(pre_function=function) | Q(consolidation_function=function))
    running = uses.exclude(job__state__in=_ENDED).select_related("job").first()
    if running is not None:
        raise Conflict(_("The job %(name)s uses this function. Stop the job first.") % {"name": running.job.name})
    JobFunctions.objects.filter(pre_function=function).update(pre_function=None)
    JobFunctions.objects.filter(consolidation_function=function).update(consolidation_function=None)
    record("labeling_function.removed", "labeling_function", function.pk, arn=function.arn)
    function.delete()


def _renew(function: LabelingFunction) -> str:
    secret = secrets.token_urlsafe(32)
    function.secret = encrypt_json({"secret": secret}, purpose=PURPOSE)
    return secret


def _locked(function_id: uuid.UUID) -> LabelingFunction:
    found = function_list().select_for_update().filter(pk=function_id).first()
    if found is None:
        raise NotFound(_("There is no such function."))
    return found


def _taken() -> FieldProblem:
    return FieldProblem("arn", "arn_taken", _("Another function has this ARN. Change that one, or choose another ARN."))


def _arn_problems(arn: str, stored: LabelingFunction | None) -> Iterator[FieldProblem]:
    if not _ARN.fullmatch(arn) or len(arn) > 2048:
        message = _("A function's ARN looks like arn:aws:lambda:us-east-1:123456789012:function:check-labels.")
        yield FieldProblem("arn", "bad_arn", message)
        return
    others = function_list().filter(arn=arn)
    if (others.exclude(pk=stored.pk) if stored else others).exists():
        yield _taken()


def _target_problems(values: dict[str, Any]) -> Iterator[FieldProblem]:
    kind, target = values["kind"], values["target"]
    if kind == FunctionKind.WEBHOOK:
        try:
            check_webhook(target)
        except DomainError as error:
            yield FieldProblem("target", "refused", error.message)
    elif kind == FunctionKind.BUILTIN:
        if target not in BUILTIN:
            message = _("There is no built-in “%(target)s”. Choose one of: %(known)s.")
            yield FieldProblem("target", "unknown", message % {"target": target[:60], "known": ", ".join(BUILTIN)})
    elif kind == FunctionKind.ENTRY_POINT:
        known = installed_functions()
        if target not in known:
            message = _("No Python function “%(target)s” is installed. Installed are: %(known)s.")
            known_words = ", ".join(known) or _("none")
            yield FieldProblem("target", "unknown", message % {"target": target[:60], "known": known_words})
    else:
        message = _("There is no kind of function “%(kind)s”. Choose one of: %(known)s.")
        known_kinds = ", ".join(FunctionKind.values)
        yield FieldProblem("kind", "unknown_kind", message % {"kind": str(kind)[:60], "known": known_kinds})


def _number_problems(values: dict[str, Any]) -> Iterator[FieldProblem]:
    if not MIN_TIMEOUT <= values["timeout_seconds"] <= MAX_TIMEOUT:
        message = _("Choose %(low)d to %(high)d seconds.") % {"low": MIN_TIMEOUT, "high": MAX_TIMEOUT}
        yield FieldProblem("timeout_seconds", "out_of_range", message)
    if not 1 <= values["batch_size"] <= MAX_BATCH:
        message = _("Choose %(low)d to %(high)d objects.") % {"low": 1, "high": MAX_BATCH}
        yield FieldProblem("batch_size", "out_of_range", message)
    if len(values["description"]) > 200:
        yield FieldProblem("description", "too_long", _("Describe the function in 200 characters at most."))
