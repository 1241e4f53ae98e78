"""Which functions a job uses: named by ARN in its order, beside the built-in ones."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from labeling.models import JobFunctions, LabelingFunction, LabelingJob
from labeling.models.function import FunctionKind
from labeling.services.functions.connecting import BUILTIN, find_function
from maskwright.core.errors import FieldProblem

_SUFFIX = re.compile(r":function:(?:PRE|ACS)-([A-Za-z0-9]+)(?::.*)?$")


def called_function(arn: str) -> LabelingFunction | None:
    """The function to be called for an ARN; None for built-in ones, which are part of the job's own way."""
    found = find_function(arn) if arn else None
    return None if found is None or found.kind == FunctionKind.BUILTIN else found


def function_problems(path: str, arn: str) -> Iterator[FieldProblem]:
    """An ARN that an order names must be a built-in's or one that the organization connected."""
    suffix = _SUFFIX.search(arn)
    if not arn or (suffix and suffix[1] in BUILTIN) or find_function(arn) is not None:
        return
    message = _("No function is connected to %(arn)s. Connect one under Functions.") % {"arn": arn[:300]}
    yield FieldProblem(path, "unknown_function", message)


def use_functions(*, job: LabelingJob, pre_arn: str = "", consolidation_arn: str = "") -> None:
    """Keep what a new job is to call, in the transaction that makes it. Built-in functions need no row."""
    pre, consolidation = called_function(pre_arn), called_function(consolidation_arn)
    if pre is not None or consolidation is not None:
        JobFunctions.objects.create(
            job=job,
            pre_arn=pre_arn if pre else "",
            pre_function=pre,
            consolidation_arn=consolidation_arn if consolidation else "",
            consolidation_function=consolidation,
        )
