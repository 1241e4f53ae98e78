"""The files of a consolidation in the output location: Ground Truth's shapes, whole, in order, equal when repeated."""

import base64
import json
from datetime import UTC
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labeling.models import Annotation, ConsolidatedAnnotation, Task
from labeling.services.consolidation import consolidate_task
from labeling.services.jobs import change_job
from labeling.services.publishing import publish_job
from labeling.services.tasks import start_consolidation
from maskwright.core.objects import ObjectStoreError, blob_store
from maskwright.core.objects.local import LocalStore
from maskwright.core.scope import organization_scope
from tests.factories.jobs import CATEGORIES, MadeJob, make_job
from tests.factories.work import claim, index_of, mask_png, submit
from tests.plugins.cast import Company
from workforce.services.items import settle_item

ALL = np.ones((8, 12), dtype=np.uint8)
HALF = ALL.copy()
HALF[:, 6:] = 2  # two against one: the right half is class 2

INTERMEDIATE = "annotations/intermediate/1/annotations.manifest"


def _answered(acme: Company, *answers: Any) -> MadeJob:
    made = make_job(acme, objects=2)
    for who, answer in zip(("labeler", "labeler2", "labeler3"), answers, strict=True):
        client = acme.client(who)
        while index_of(made, assignment := claim(client).json()) != 1:
            assert submit(client, assignment, mask_png(ALL)).status_code == 200
        assert submit(client, assignment, answer).status_code == 200
    with organization_scope(acme.id):
        settle_item(item_id=made.tasks[1].work_item_id)
        made.tasks[1].refresh_from_db()
    return made


def _files(acme: Company, made: MadeJob) -> dict[str, bytes]:
    """Everything in the job's output location: key below the job's folder -> bytes."""
    base = f"org/{acme.id}/output/{made.job.name}/"
    return {item.key.removeprefix(base): blob_store().get(item.key) for item in blob_store().list(base)}


def _keys(task: Task) -> dict[str, str]:
    """The keys as ground-truth's layout gives them for object 1."""
    assert task.consolidation_at is not None
    at = task.consolidation_at.astimezone(UTC)
    stamp, second = f"{at:%Y-%m-%d_%H:%M:%S.%f}", f"{at:%Y-%m-%d_%H:%M:%S}"
    return {
        "worker": f"annotations/worker-response/iteration-1/1/{second}.json",
        "request": f"annotations/consolidated-annotation/consolidation-request/iteration-1/{stamp}.json",
        "mask": f"annotations/consolidated-annotation/output/1_{at:%Y-%m-%dT%H:%M:%S.%f}.png",
        "response": f"annotations/consolidated-annotation/consolidation-response/iteration-1/{stamp}.json",
    }


def test_request_and_response_field_by_field(acme: Company) -> None:
    made = _answered(acme, mask_png(ALL), mask_png(HALF), mask_png(HALF))
    consolidate_task(organization_id=acme.id, task_id=made.tasks[1].pk)
    publish_job(organization_id=acme.id, job_id=made.id)
    keys, files = _keys(made.tasks[1]), _files(acme, made)
    assert set(files) == {*keys.values(), INTERMEDIATE, "manifests/output/output.manifest"}
    assert files[INTERMEDIATE] == files["manifests/output/output.manifest"]

    with organization_scope(acme.id):
        annotations = list(
            Annotation.objects.filter(task=made.tasks[1]).order_by("submitted_at").select_related("worker")
        )
        codes = [annotation.worker.code for annotation in annotations]
        subs = [str(annotation.worker_id) for annotation in annotations]
    (request,) = json.loads(files[keys["request"]])
    assert set(request) == {"datasetObjectId", "dataObject", "annotations"}
    assert request["datasetObjectId"] == "1"
    assert request["dataObject"] == {"s3Uri": json.loads(_line(made))["source-ref"]}
    assert [annotation["workerId"] for annotation in request["annotations"]] == codes
    for annotation, rows in zip(request["annotations"], (ALL, HALF, HALF), strict=True):
        assert set(annotation) == {"workerId", "annotationData"} and set(annotation["annotationData"]) == {"content"}
        content = json.loads(annotation["annotationData"]["content"])  # JSON in a string
        assert set(content) == {"crowd-semantic-segmentation"}
        element = content["crowd-semantic-segmentation"]
        assert element["inputImageProperties"] == {"height": 8, "width": 12}
        assert element["labelMappings"] == {entry["name"]: {"color": entry["color"]} for entry in CATEGORIES}
        png = base64.b64decode(element["labeledImage"]["pngImageData"])
        assert np.array_equal(np.asarray(Image.open(BytesIO(png))), rows)

    worker = json.loads(files[keys["worker"]])
    assert [answer["workerId"] for answer in worker["answers"]] == codes
    assert [answer["answerContent"] for answer in worker["answers"]] == [
        json.loads(annotation["annotationData"]["content"]) for annotation in request["annotations"]
    ]

    identities = [answer["workerMetadata"]["identityData"] for answer in worker["answers"]]
    assert [(one["identityProviderType"], one["sub"]) for one in identities] == [("Oidc", sub) for sub in subs]

    (response,) = json.loads(files[keys["response"]])
    assert set(response) == {"datasetObjectId", "consolidatedAnnotation"}
    assert response["datasetObjectId"] == "1" and set(response["consolidatedAnnotation"]) == {"content"}
    content = response["consolidatedAnnotation"]["content"]
    assert set(content) == {"answer-ref", "answer-ref-metadata"}
    assert content["answer-ref"] == f"maskwright://output/{made.job.name}/{keys['mask']}"
    metadata = content["answer-ref-metadata"]
    confidence = round((48 * 3 / 3 + 48 * 2 / 3) / 96, 5)
    names = {"0": ("BACKGROUND", "#ffffff")} | {str(c["index"]): (c["name"], c["color"]) for c in CATEGORIES}
    assert metadata["internal-color-map"] == {
        index: {"class-name": name, "hex-color": color, "confidence": confidence}
        for index, (name, color) in names.items()
    }
    assert metadata["type"] == "groundtruth/semantic-segmentation"
    assert metadata["human-annotated"] == "yes"
    assert metadata["job-name"] == f"labeling-job/{made.job.name}"
    consolidated = made.tasks[1].consolidation_at
    assert consolidated is not None
    at = consolidated.astimezone(UTC)
    assert metadata["creation-date"] == f"{at:%Y-%m-%dT%H:%M:%S.%f}"
    assert metadata["maskwright"]["annotators"] == codes
    assert np.array_equal(np.asarray(Image.open(BytesIO(files[keys["mask"]]))), HALF)

    record = json.loads(files["manifests/output/output.manifest"].splitlines()[1])
    assert content == {name: record[name] for name in content}


def _line(made: MadeJob) -> str:
    return str(made.tasks[1].data_object.line)


class _Killed(ObjectStoreError):
    pass


@pytest.mark.parametrize("writes", range(7))
def test_killed_between_any_two_writes_it_leaves_whole_files_in_order_and_a_second_run_adds_none(
    acme: Company, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    made = _answered(acme, mask_png(ALL), mask_png(HALF), {"kind": "empty"})
    names = _keys(made.tasks[1])
    order = [names["worker"], names["request"], names["mask"], names["response"]]
    left, real = [writes], LocalStore.put_file

    def dying(self: LocalStore, key: str, source: Any, **options: Any) -> None:
        if not left[0]:
            raise _Killed("killed")
        left[0] -= 1
        real(self, key, source, **options)

    monkeypatch.setattr(LocalStore, "put_file", dying)
    if writes < 6:  # four files, and mask and disagreement as blobs
        with pytest.raises(_Killed):
            consolidate_task(organization_id=acme.id, task_id=made.tasks[1].pk)
    else:
        consolidate_task(organization_id=acme.id, task_id=made.tasks[1].pk)
    monkeypatch.setattr(LocalStore, "put_file", real)
    before = _files(acme, made)
    assert sorted(before) == sorted(order[:writes])
    with organization_scope(acme.id):
        # Whatever is changed at the job meanwhile, the generation that began goes on as it began.
        change_job(job_id=made.id, categories=[{**CATEGORIES[0], "color": "#123456"}, *CATEGORIES[1:]])
        assert ConsolidatedAnnotation.objects.exists() is (writes >= 6)
    for _ in range(2):
        consolidate_task(organization_id=acme.id, task_id=made.tasks[1].pk)
    after = _files(acme, made)
    assert sorted(after) == sorted(order)
    assert {key: after[key] for key in before} == before
    assert b"#123456" not in after[names["response"]]


def test_a_later_generation_has_files_of_its_own(acme: Company) -> None:
    made = _answered(acme, mask_png(ALL), mask_png(HALF), mask_png(HALF))
    consolidate_task(organization_id=acme.id, task_id=made.tasks[1].pk)
    first = _keys(made.tasks[1])
    with organization_scope(acme.id):
        task = Task.objects.select_for_update().get(pk=made.tasks[1].pk)
        start_consolidation(task)
    consolidate_task(organization_id=acme.id, task_id=task.pk)
    second, files = _keys(task), _files(acme, made)
    for name in ("request", "mask", "response"):
        assert first[name] != second[name] and {first[name], second[name]} <= set(files)
    with organization_scope(acme.id):
        current = ConsolidatedAnnotation.objects.get(is_current=True)
    assert current.mask_uri.endswith(second["mask"]) and current.generation == 2


def test_an_object_that_cannot_be_labeled_has_a_request_without_a_response(acme: Company) -> None:
    impossible = {"kind": "impossible", "content": {"reason": "black photo"}}
    made = _answered(acme, impossible, impossible, mask_png(ALL))
    consolidate_task(organization_id=acme.id, task_id=made.tasks[1].pk)
    names, files = _keys(made.tasks[1]), _files(acme, made)
    assert sorted(files) == sorted([names["worker"], names["request"]])
    (request,) = json.loads(files[names["request"]])
    contents = [json.loads(annotation["annotationData"]["content"]) for annotation in request["annotations"]]
    assert contents[0] == {"maskwright": {"kind": "impossible", "reason": "black photo"}}
    assert "crowd-semantic-segmentation" in contents[2]
