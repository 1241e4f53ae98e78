"""What a task's template finds in `task.input`, as Ground Truth's built-in pre-annotation function makes it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def task_input(
    *, source_ref: str, categories: Sequence[Mapping[str, Any]], template_input: Mapping[str, Any], line: str = ""
) -> dict[str, Any]:
    """`taskObject` (the photo's address), `labels` (the categories' names), and what the job's template brings.

    `line`: of an adjustment, the manifest's line, which has the earlier label (`manifestLine`).
    """
    values = {**template_input, "taskObject": source_ref, "labels": [one["name"] for one in categories]}
    return {**values, "manifestLine": json.loads(line)} if line else values
