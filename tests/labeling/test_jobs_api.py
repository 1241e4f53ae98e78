"""The management API of jobs, end to end: from a label set to the zip."""

import io
import json
import uuid
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labeling.masks import decode_mask
from labeling.models import DataObject, LabelingJob
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, photos, run_messages
from tests.factories.jobs import CATEGORIES, MadeJob, make_job, make_team, photo
from tests.factories.work import claim, flat_mask, index_of, submit
from tests.plugins.cast import Company
from workforce.services.items import fail_item


def _post(client: Client, url: str, body: Any = None) -> Any:
    return client.post(f"/api/v1/{url}", body or {}, content_type="application/json")


def _get(client: Client, url: str) -> Any:
    return client.get(f"/api/v1/{url}")


def _bytes(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def _order(company: Company, **changes: Any) -> dict[str, Any]:
    """The body of an order that is right, everything in it made through the API."""
    client, mark = company.client("manager"), uuid.uuid4().hex[:8]
    labels = _post(client, "label-sets", {"name": f"things {mark}", "categories": [{"name": "cat"}, {"name": "cup"}]})
    template = _post(client, "templates", {"name": f"paint {mark}", "title": "Paint"})
    upload = make_upload(company, photos(2))
    team = make_team(company, [company.people["labeler"]])
    return {
        "name": f"job-{mark}",
        "input_uri": f"upload://{upload.pk}/",
        "label_set_id": labels.json()["id"],
        "task_template_id": template.json()["id"],
        "work_team_id": str(team.pk),
        "number_of_labelers": 1,
    } | changes


def test_a_job_from_order_to_running(acme: Company) -> None:
    client = acme.client("manager")
    created = _post(client, "jobs", _order(acme))
    assert created.status_code == 201, created.json()
    job = created.json()
    assert (job["state"], job["ground_truth_status"], job["revision"]) == ("initializing", "Initializing", 1)
    assert job["label_attribute_name"] == f"{job['name']}-ref"
    assert job["categories"][1] == {"index": 2, "name": "cup", "color": "#1f77b4", "key": "", "description": ""}
    assert job["output_manifest_uri"] == f"maskwright://output/{job['name']}/manifests/output/output.manifest"
    intake = _get(client, f"jobs/{job['id']}/progress").json()["intake"]
    assert intake == {"checked": 0, "total": None, "unusable": 0}
    run_messages(acme, "job.intake")
    report = _get(client, f"jobs/{job['id']}/preflight").json()
    assert (report["state"], report["lines"], report["usable"], report["reasons"]) == ("ready", 2, 2, {})
    for step, state in (("start", "in_progress"), ("pause", "paused"), ("resume", "in_progress"), ("stop", "stopping")):
        response = _post(client, f"jobs/{job['id']}/{step}")
        assert (response.status_code, response.json()["state"]) == (200, state)
    refused = _post(client, f"jobs/{job['id']}/resume")
    assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")


def test_a_wrong_order_lists_everything(acme: Company) -> None:
    body = _order(acme, name="no good", number_of_labelers=12, work_team_id=None, input_uri="nowhere")
    response = _post(acme.client("manager"), "jobs", body)
    assert response.status_code == 422
    assert {field["path"] for field in response.json()["fields"]} == {
        "name",
        "number_of_labelers",
        "work_team_id",
        "input_uri",
    }
    assert _get(acme.client("manager"), "jobs").json()["count"] == 0


def test_a_running_job_is_changed_by_patch(acme: Company) -> None:
    made = make_job(acme)
    body = {"instructions": "Now *this*.", "number_of_labelers": 1, "categories": [*CATEGORIES, {"name": "plate"}]}
    response = acme.client("manager").patch(f"/api/v1/jobs/{made.id}", body, content_type="application/json")
    assert response.status_code == 200
    changed = response.json()
    assert (changed["revision"], changed["number_of_labelers"], len(changed["categories"])) == (2, 1, 4)
    assert changed["instructions_html"] == "<p>Now <em>this</em>.</p>\n"
    body = {"categories": CATEGORIES[1:]}
    refused = acme.client("manager").patch(f"/api/v1/jobs/{made.id}", body, content_type="application/json")
    assert (refused.status_code, refused.json()["fields"][0]["code"]) == (422, "removed")


def _finished(company: Company) -> MadeJob:
    """Objects 0 and 1 are answered with class 1 and 2 by one labeler and consolidated; 2 waits for its turn."""
    made = make_job(company, objects=3, labelers=1, window=2)
    client = company.client("labeler")
    for _ in range(2):
        assignment = claim(client).json()
        mask = flat_mask(index_of(made, assignment) + 1)
        assert submit(client, assignment, mask).status_code == 200
    run_messages(company, "work.item_answered")
    assert run_messages(company, "task.consolidate") == 2
    return made


def test_progress_counts_what_is_there(acme: Company) -> None:
    made = _finished(acme)
    run_messages(acme, "queue.distribute")
    assert claim(acme.client("labeler")).status_code == 201
    progress = _get(acme.client("manager"), f"jobs/{made.id}/progress").json()
    unseen = {"waiting": 0, "consolidating": 0, "reviewing": 0, "failed": 0}
    assert progress["tasks"] == {"total": 3, "open": 1, "done": 2, **unseen}
    assert (progress["done"], progress["open"], progress["state"]) == (2, 1, "in_progress")
    assert progress["answers"] == {"accepted": 2, "wanted": 3}
    assert (progress["claimed"], progress["labelers_active"], progress["intake"]) == (1, 1, None)


def test_an_object_tells_its_whole_story(acme: Company) -> None:
    made = _finished(acme)
    client = acme.client("manager")
    rows = _get(client, f"jobs/{made.id}/objects?state=done").json()
    assert rows["count"] == 2
    row = rows["results"][0]
    assert (row["state"], row["answers"], row["problem"], row["failure"]) == ("done", 1, None, None)
    detail = _get(client, f"objects/{row['id']}").json()
    assert detail["consolidated"]["confidence"] == 0
    assert [entry["state"] for entry in detail["history"]] == ["submitted"]
    (answer,) = detail["annotations"]
    assert (answer["kind"], answer["state"], answer["revision"]) == ("mask", "accepted", 1)
    for url in (detail["mask_url"], answer["mask_url"]):
        response = client.get(url)
        assert response["Content-Type"] == "image/png"
        assert response["Cache-Control"].startswith("private")
        assert response["X-Content-Type-Options"] == "nosniff"
        mask = decode_mask(_bytes(response), width=12, height=8, known_indices=[1, 2, 3])
        assert list(mask.present()) == [1]
    shown = client.get(detail["image"]["url"])
    assert (shown["Content-Type"], _bytes(shown)) == ("image/png", photo(12, 8, 40))
    assert client.get(detail["disagreement_url"]).status_code == 200


def test_no_mask_before_consolidation(acme: Company) -> None:
    made = make_job(acme)
    response = _get(acme.client("manager"), f"objects/{made.tasks[0].data_object_id}/mask")
    assert (response.status_code, response.json()["code"]) == (404, "not_consolidated")


def test_the_manifest_has_one_line_for_each_object(acme: Company) -> None:
    made = _finished(acme)
    response = _get(acme.client("manager"), f"jobs/{made.id}/output/manifest")
    assert response["Content-Type"] == "application/jsonl"
    lines = [json.loads(line) for line in _bytes(response).splitlines()]
    assert len(lines) == 3
    assert ["answer-ref" in line for line in lines] == [True, True, False]
    assert lines[0]["answer-ref-metadata"]["internal-color-map"]["1"]["class-name"] == "cat"


def test_everything_comes_as_one_zip(acme: Company) -> None:
    made = _finished(acme)
    response = _get(acme.client("manager"), f"jobs/{made.id}/output/download")
    assert response["Content-Disposition"] == f'attachment; filename="{made.job.name}.zip"'
    archive = zipfile.ZipFile(io.BytesIO(_bytes(response)))
    names = {name.partition("/")[2] for name in archive.namelist()}
    assert {
        "manifest/output.manifest",
        "indexed/000000_photo-0.png",
        "colour/000001_photo-1.png",
        "coco/coco.json",
    } <= names
    assert "indexed/000002_photo-2.png" not in names
    lines = archive.read(f"{made.job.name}/manifest/output.manifest").splitlines()
    named = [json.loads(line).get("answer-ref") for line in lines]
    assert named == ["indexed/000000_photo-0.png", "indexed/000001_photo-1.png", None], "what is in the archive"
    assert {name for name in named if name} <= names
    coco = json.loads(archive.read(f"{made.job.name}/coco/coco.json"))
    assert [entry["category_id"] for entry in coco["annotations"]] == [1, 2]


def test_a_failed_object_has_its_reason_and_gets_another_try(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    task = made.tasks[0]
    with organization_scope(acme.id):
        fail_item(item_id=task.work_item_id, code="declined", reason="Everybody declined it.")
    client = acme.client("manager")
    detail = _get(client, f"objects/{task.data_object_id}").json()
    assert (detail["state"], detail["failure"]["code"]) == ("failed", "declined")
    again = _post(client, f"objects/{task.data_object_id}/retry")
    assert (again.status_code, again.json()["state"], again.json()["failure"]) == (200, "open", None)
    assert claim(acme.client("labeler")).status_code == 201
    refused = _post(client, f"objects/{task.data_object_id}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")


def test_a_photo_that_was_mended_becomes_a_task(acme: Company) -> None:
    upload = make_upload(acme, {"a.png": photo(12, 8), "b.png": b"damaged"})
    job = order_job(acme, f"upload://{upload.pk}/")
    run_messages(acme, "job.intake")
    client = acme.client("manager")
    (row,) = _get(client, f"jobs/{job.pk}/objects?state=unusable").json()["results"]
    assert (row["problem"]["code"], row["image"]) == ("not_an_image", None)
    mended = make_upload(acme, {"b.png": photo(5, 4)})
    with organization_scope(acme.id):
        DataObject.objects.filter(pk=row["id"]).update(source_ref=f"upload://{mended.pk}/b.png")
    assert _post(client, f"objects/{row['id']}/retry").status_code == 200
    assert run_messages(acme, "object.recheck") == 1
    detail = _get(client, f"objects/{row['id']}").json()
    assert (detail["state"], detail["problem"], detail["image"]["width"]) == ("waiting", None, 5)
    report = _get(client, f"jobs/{job.pk}/preflight").json()
    assert (report["usable"], report["unusable"], report["reasons"]) == (2, 0, {})


def test_a_failed_job_is_checked_again(acme: Company) -> None:
    upload = make_upload(acme, {"a.png": b"damaged"})
    job = order_job(acme, f"upload://{upload.pk}/")
    run_messages(acme, "job.intake")
    client = acme.client("manager")
    assert _get(client, f"jobs/{job.pk}").json()["state"] == "failed"
    better = make_upload(acme, photos(1))
    with organization_scope(acme.id):
        LabelingJob.objects.filter(pk=job.pk).update(input_uri=f"upload://{better.pk}/")
    assert _post(client, f"jobs/{job.pk}/preflight").json()["state"] == "initializing"
    run_messages(acme, "job.intake")
    assert _get(client, f"jobs/{job.pk}").json()["state"] == "ready"


def _paths(made: MadeJob, annotation: str) -> list[tuple[str, str]]:
    job, item = made.id, made.tasks[0].data_object_id
    reads = ["", "/preflight", "/progress", "/objects", "/output/manifest", "/output/download"]
    return [
        *[("get", f"jobs/{job}{tail}") for tail in reads],
        ("patch", f"jobs/{job}"),
        *[("post", f"jobs/{job}/{step}") for step in ("pause", "resume")],
        *[("get", f"objects/{item}{tail}") for tail in ("", "/image", "/mask", "/disagreement")],
        ("get", f"annotations/{annotation}/mask"),
        ("post", f"jobs/{job}/stop"),
    ]


def _annotation(company: Company, made: MadeJob) -> str:
    detail = _get(company.client("manager"), f"objects/{made.tasks[0].data_object_id}").json()
    return str(detail["annotations"][0]["id"])


def test_another_tenants_objects_are_not_there(acme: Company, initech: Company) -> None:
    """Every denial with the same request succeeding for the owner."""
    made = _finished(acme)
    for method, path in _paths(made, _annotation(acme, made)):
        answers = {}
        for company in (initech, acme):
            call = getattr(company.client("manager"), method)
            answers[company.organization.name] = call(f"/api/v1/{path}", {}, content_type="application/json")
        assert answers["Initech"].status_code == 404, path
        assert answers["Acme Vision"].status_code == 200, (path, answers["Acme Vision"].content)


@pytest.mark.parametrize(("who", "may_read", "may_write"), [("auditor", True, False), ("labeler", False, False)])
def test_roles(acme: Company, who: str, may_read: bool, may_write: bool) -> None:
    made = make_job(acme)
    read = _get(acme.client(who), f"jobs/{made.id}").status_code
    write = _post(acme.client(who), f"jobs/{made.id}/pause").status_code
    assert (read == 200, write == 200) == (may_read, may_write)
    assert {read, write} <= {200, 403}


def test_nobody_without_sign_in(acme: Company) -> None:
    assert _get(Client(), "jobs").status_code == 401


def _statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert _get(client, path).status_code == 200
    return len(queries)


def test_lists_cost_the_same_however_long(acme: Company) -> None:
    """Sign-in, scope, count, page and one statement for all rows together; never one for each."""
    client = acme.client("manager")
    small, big = make_job(acme, objects=1), make_job(acme, objects=5)
    _get(client, "jobs")  # the first use of a token is noted
    assert _statements(client, f"jobs/{small.id}/objects") == _statements(client, f"jobs/{big.id}/objects") <= 10
    before = [_statements(client, path) for path in ("jobs", "uploads", "label-sets", "templates")]
    for _ in range(3):
        make_job(acme, objects=1)
        _order(acme)
    after = [_statements(client, path) for path in ("jobs", "uploads", "label-sets", "templates")]
    assert before[:2] == after[:2]
    assert max(after) <= 9, after
