"""What a task's template finds in `task.input`: what the pre-annotation function said, or the built-in one says."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from labeling.models import DataObject, FunctionCall
from labeling.models.function import CallState, FunctionRole
from labeling.states import TaskType

Categories = Sequence[Mapping[str, Any]]


def built_in_input(*, source_ref: str, categories: Categories, template_input: Mapping[str, Any]) -> dict[str, Any]:
    """`taskObject` (the photo's address), `labels` (the categories' names), and what the job's template brings."""
    return {**template_input, "taskObject": source_ref, "labels": [one["name"] for one in categories]}


def task_input(
    *,
    data_object_id: uuid.UUID,
    task_type: str,
    source_ref: str,
    categories: Categories,
    template_input: Mapping[str, Any],
) -> dict[str, Any]:
    """Of one data object. A function's answer stands alone, as in Ground Truth.

    An adjustment has its manifest line besides (`manifestLine`), with the earlier label; for other tasks it would tell
    more than the photo.
    """
    said = FunctionCall.objects.filter(
        data_object_id=data_object_id, role=FunctionRole.PRE, state=CallState.DONE
    ).values_list("answer", flat=True)
    answer = said.first()
    if answer is not None:
        return dict(answer["task_input"])
    values = built_in_input(source_ref=source_ref, categories=categories, template_input=template_input)
    if task_type == TaskType.SEGMENTATION:
        return values
    line = DataObject.with_gold.values_list("line", flat=True).get(pk=data_object_id)
    return {**values, "manifestLine": json.loads(line)}
