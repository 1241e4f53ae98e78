"""What kind of job a request asks for, by the suffixes of its functions' ARNs, of any region and account."""

import re
from collections.abc import Iterator

from labeling.models.function import FunctionKind
from labeling.sagemaker.constraints import Violation
from labeling.sagemaker.operation import Request
from labeling.sagemaker.rules import member, wire_path
from labeling.services.functions.connecting import find_function
from labeling.services.functions.using import called_function
from labeling.states import TaskType

SEGMENTATION, PASS_THROUGH = "SemanticSegmentation", "PassThrough"
ADJUSTMENT, VERIFICATION = "AdjustmentSemanticSegmentation", "VerificationSemanticSegmentation"
PRE = "HumanTaskConfig.PreHumanTaskLambdaArn"
ACS = "HumanTaskConfig.AnnotationConsolidationConfig.AnnotationConsolidationLambdaArn"
ALGORITHM = "LabelingJobAlgorithmsConfig.LabelingJobAlgorithmSpecificationArn"
_OURS = {ADJUSTMENT: TaskType.ADJUSTMENT, VERIFICATION: TaskType.VERIFICATION}
_SUFFIX = re.compile(r":function:(PRE|ACS)-([A-Za-z0-9]+)(:.*)?$")


def task_type(request: Request, path: str) -> str:
    """The task type a function's ARN names; "" for functions that are no built-in ones, and where none is given.

    What the organization connected to an ARN comes before what the ARN's last part says.
    """
    arn = member(request, path)
    if not isinstance(arn, str):
        return ""
    connected = find_function(arn)
    if connected is not None:
        return connected.target if connected.kind == FunctionKind.BUILTIN else ""
    found = _SUFFIX.search(arn)
    wanted = "PRE" if path == PRE else "ACS"
    return found[2] if found and found[1] == wanted else ""


def is_connected(request: Request, path: str) -> bool:
    """Whether the function at this place of the request is called, being no built-in one."""
    arn = member(request, path)
    return isinstance(arn, str) and called_function(arn) is not None


def job_type(request: Request) -> str:
    return task_type(request, PRE) or task_type(request, ACS) or SEGMENTATION


def our_type(request: Request) -> TaskType:
    return _OURS.get(job_type(request), TaskType.SEGMENTATION)


def known_functions(request: Request) -> Iterator[Violation]:
    """Only what can be done is taken on; anything else is refused before a job is made of it."""
    for path in (PRE, ACS):
        arn = member(request, path)
        if arn is None:
            continue
        kind = task_type(request, path)
        if not kind and not is_connected(request, path):
            yield _sentence(
                path,
                f"{path}: the function {arn[:300]} is not known on this installation. An owner connects it under "
                "Functions.",
            )
        elif not kind:
            continue
        elif kind not in (SEGMENTATION, PASS_THROUGH, ADJUSTMENT, VERIFICATION):
            yield _sentence(path, f"{path}: the task type {kind[:60]} is not supported; this is {SEGMENTATION} only.")


def one_task_type(request: Request) -> Iterator[Violation]:
    kinds = {path: task_type(request, path) for path in (PRE, ACS)}
    if kinds[PRE] == VERIFICATION and is_connected(request, ACS):
        yield _sentence(
            ACS,
            f"{ACS}: what the workers of a verification job say is no mask; it is consolidated by the built-in "
            f"function alone, ACS-{VERIFICATION}.",
        )
    if all(kinds.values()) and len(set(kinds.values())) > 1:
        yield _sentence(
            ACS,
            "The PreHumanTaskLambdaArn and the AnnotationConsolidationLambdaArn must be of the same task type: "
            f"{kinds[PRE]} and {kinds[ACS]} are not.",
        )


def attribute_name(request: Request) -> Iterator[Violation]:
    """`-ref` for segmentation and adjustment, none for verification; reserved names."""
    name = request.get("LabelAttributeName")
    if not isinstance(name, str):
        return
    kind = job_type(request)
    if kind == VERIFICATION and name.endswith("-ref"):
        sentence = "The value of the LabelAttributeName field for a verification task type must not end with '-ref'."
        yield _sentence("LabelAttributeName", sentence)
    elif kind in (SEGMENTATION, ADJUSTMENT) and not name.endswith("-ref"):
        sentence = (
            "The value of the LabelAttributeName field for the Semantic Segmentation task type must end with '-ref'."
        )
        yield _sentence("LabelAttributeName", sentence)
    if name.endswith("-metadata"):
        yield _sentence("LabelAttributeName", "The LabelAttributeName must not end with '-metadata'.")
    if name in ("source", "source-ref"):
        yield _sentence("LabelAttributeName", f"The LabelAttributeName '{name}' is reserved.")


def _sentence(path: str, sentence: str) -> Violation:
    return Violation(wire_path(path), "", sentence=sentence)
