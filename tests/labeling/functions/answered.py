"""A job with a consolidation function whose photos were answered, and what such a function may say."""

import base64
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from django.db import connection
from PIL import Image

from labeling.masks import decode_mask
from labeling.models import ConsolidatedAnnotation, JobFunctions, Task
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import claim, flat_mask, submit
from tests.labeling.functions.test_connecting import ARN, connect
from tests.plugins.cast import Company
from tests.plugins.receiver import Got, Receiver

ATTRIBUTE = "answer-ref"
Content = Callable[[str, list[dict[str, Any]]], Any]


def answered(company: Company, webhook: Receiver, objects: int = 2, **function: Any) -> MadeJob:
    """A job with a consolidation function; one labeler painted each photo as `cat`, the whole of it."""
    made = make_job(company, objects=objects, labelers=1)
    use(company, webhook, made, **function)
    answer(company, made, objects)
    return made


def use(company: Company, webhook: Receiver, made: MadeJob, **function: Any) -> None:
    row = connect(company, webhook, **function)
    with organization_scope(company.id):
        JobFunctions.objects.create(job=made.job, consolidation_arn=ARN, consolidation_function_id=row["id"])


def answer(company: Company, made: MadeJob, objects: int) -> None:
    labeler = company.client("labeler")
    for _ in range(objects):
        held = claim(labeler, job=str(made.id)).json()
        assert submit(labeler, held, flat_mask(1)).status_code == 200
    run_messages(company, "work.item_answered")
    run_messages(company, "task.consolidate")


def payload_of(got: Got) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = got.json["payload"]["content"]
    return found


def says(content: Content) -> Callable[[Got], tuple[int, Any]]:
    """An answer in the documented form; `content(object id, annotations)` is each object's label content."""

    def run(got: Got) -> tuple[int, Any]:
        return 200, [
            {
                "datasetObjectId": item["datasetObjectId"],
                "consolidatedAnnotation": {"content": content(item["datasetObjectId"], item["annotations"])},
            }
            for item in payload_of(got)
        ]

    return run


def first_workers(identity: str, annotations: list[dict[str, Any]]) -> Any:
    """The label content of a function that takes the first worker's answer."""
    return {ATTRIBUTE: json.loads(annotations[0]["annotationData"]["content"])}


def tasks(company: Company, made: MadeJob) -> list[Task]:
    with organization_scope(company.id):
        return list(Task.objects.filter(job=made.job).order_by("data_object__index"))


def mask_of(company: Company, task: Task) -> list[int]:
    with organization_scope(company.id):
        row = ConsolidatedAnnotation.objects.get(task=task, is_current=True)
    data = blob_store().get(blob_key(company.id, row.sha256))
    return decode_mask(data, width=12, height=8, known_indices=[1, 2, 3]).present()


def stored(company: Company, made: MadeJob, part: str) -> list[bytes]:
    base = f"org/{company.id}/output/{made.job.name}/annotations/consolidated-annotation/{part}/"
    return [blob_store().get(item.key) for item in blob_store().list(base)]


def run_function(company: Company) -> int:
    with organization_scope(company.id), connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxmessage SET next_at = clock_timestamp() WHERE done_at IS NULL")
    return run_messages(company, "function.consolidate")


def png(indices: Any, mode: str = "P") -> bytes:
    file = BytesIO()
    image = Image.fromarray(np.asarray(indices, dtype=np.uint8), mode)
    if mode == "P":
        image.putpalette([255] * 768)  # a shorter one would make Pillow write fewer bits a pixel
    image.save(file, "PNG")
    return file.getvalue()


def inline(data: bytes, mappings: dict[str, Any] | None = None) -> dict[str, Any]:
    image = {"pngImageData": base64.b64encode(data).decode()}
    return {"crowd-semantic-segmentation": {"labeledImage": image, "labelMappings": mappings or {}}}
