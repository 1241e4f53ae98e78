"""Jobs that go on from another: cloned, chained, adjusted, verified; what their labelers get, and what they write."""

import json
from typing import Any

import pytest

from labeling.masks import decode_mask
from labeling.models import DataObject, LabelingJob, Task
from labeling.output_check import check_tree
from labeling.selectors.output_trees import StoreTree
from labeling.services.jobs import FollowUp, follow_up_job, stop_job
from labeling.services.publishing import publish_job
from labeling.states import JobState
from labeling.storage import Resolver
from maskwright.core.errors import Invalid
from maskwright.core.objects import blob_store
from maskwright.core.scope import organization_scope
from tests.factories.follow_ups import first, index_in_job, start, take, work_through
from tests.factories.inputs import make_upload, order, order_job, photos, run_messages
from tests.factories.jobs import make_team
from tests.factories.work import bytes_of, flat_mask, submit
from tests.plugins.cast import Company

__all__ = ["first"]

SIZE = (12, 8)
LABELERS = ("labeler", "labeler2", "labeler3")


def _follow_up(company: Company, job: LabelingJob, how: FollowUp, name: str, **changes: Any) -> LabelingJob:
    with organization_scope(company.id):
        return follow_up_job(
            actor_user_id=company.people["manager"].pk,
            job_id=job.pk,
            how=how,
            name=name,
            **({"start_when_ready": True} | changes),
        )


def _lines(company: Company, job: LabelingJob) -> list[dict[str, Any]]:
    key = f"org/{company.id}/output/{job.name}/manifests/output/output.manifest"
    return [json.loads(line) for line in blob_store().get(key).splitlines()]


def _check(company: Company, job: LabelingJob) -> None:
    """What `manage.py verify_output` finds in its tree: nothing."""
    with organization_scope(company.id):
        tree = StoreTree.at(Resolver().resolve(f"maskwright://output/{job.name}/"))
    assert [str(one) for one in check_tree(tree)] == []


def test_an_adjustment_begins_with_the_earlier_masks(acme: Company, first: LabelingJob) -> None:
    job = start(acme, _follow_up(acme, first, FollowUp.ADJUST, "mended"))
    assert (job.task_type, job.prior_attribute_name, job.label_attribute_name) == (
        "adjustment",
        "first-ref",
        "mended-ref",
    )
    for _number in range(2):
        client, taken = take(acme)
        index = index_in_job(acme, taken)
        assert taken["task_type"] == "adjustment"
        png = client.get(taken["prior"]["url"]).content
        raster = decode_mask(png, width=SIZE[0], height=SIZE[1], known_indices=[1, 2, 3])
        assert raster.present() == [1 + index]
        # The first is left as it is, the second becomes a vase.
        assert submit(client, taken, png if index == 0 else flat_mask(3)).status_code == 200
    work_through(acme)
    lines = _lines(acme, job)
    assert [line["mended-ref-metadata"]["adjustment-status"] for line in lines] == ["unadjusted", "adjusted"]
    before = _lines(acme, first)
    for old, new in zip(before, lines, strict=True):
        assert {name: new[name] for name in old} == old  # the earlier label stays beside the new one
        assert new["mended-ref-metadata"]["type"] == "groundtruth/semantic-segmentation"
        assert new["mended-ref"] != old["first-ref"]
    _check(acme, job)
    _check(acme, first)
    assert [_modified(acme, job, index) for index in (0, 1)] == [False, True]


def _modified(company: Company, job: LabelingJob, index: int) -> bool:
    base = f"org/{company.id}/output/{job.name}/annotations/worker-response/iteration-1/{index}/"
    (key,) = [item.key for item in blob_store().list(base)]
    (answer,) = json.loads(blob_store().get(key))["answers"]
    return bool(answer["answerContent"]["crowd-semantic-segmentation"]["initialValueModified"])


def test_nothing_to_label_adjusts_a_mask_that_had_something(acme: Company, first: LabelingJob) -> None:
    job = start(acme, _follow_up(acme, first, FollowUp.ADJUST, "emptied"))
    for _number in range(2):
        client, taken = take(acme)
        assert submit(client, taken, {"kind": "empty"}).status_code == 200
    work_through(acme)
    assert {line["emptied-ref-metadata"]["adjustment-status"] for line in _lines(acme, job)} == {"adjusted"}


def test_a_verification_asks_and_writes_the_documented_record(acme: Company, first: LabelingJob) -> None:
    people = [acme.people[who] for who in LABELERS]
    team = make_team(acme, people)
    job = start(acme, _follow_up(acme, first, FollowUp.VERIFY, "judged", work_team_id=team.pk, number_of_labelers=3))
    assert (job.label_attribute_name, job.consolidation_rule) == ("judged", "expectation-maximization")
    for who in LABELERS:
        for _number in range(2):
            client, taken = take(acme, who)
            assert [one["name"] for one in taken["verdicts"]] == ["good", "bad"]
            assert [one["name"] for one in taken["categories"]] == ["cat", "cup", "vase"]
            assert client.get(taken["prior"]["url"]).status_code == 200
            is_bad = index_in_job(acme, taken) == 1 and who != "labeler3"
            comment = " mask on the wrong side " if is_bad and who == "labeler" else ""
            body = {"kind": "choice", "content": {"label": "bad" if is_bad else "good", "comment": comment}}
            assert submit(client, taken, body).status_code == 200
    work_through(acme)
    good, bad = _lines(acme, job)
    assert (good["judged"], bad["judged"]) == ("0", "1")
    metadata = bad["judged-metadata"]
    assert metadata["class-name"] == "bad"
    assert metadata["type"] == "groundtruth/label-verification"
    assert metadata["job-name"] == "labeling-job/judged"
    assert metadata["human-annotated"] == "yes"
    assert 0.5 < metadata["confidence"] < 1
    assert metadata["worker-feedback"] == [{"comment": "mask on the wrong side"}]
    assert "worker-feedback" not in good["judged-metadata"]
    assert good["first-ref"] == _lines(acme, first)[0]["first-ref"]
    _check(acme, job)
    with organization_scope(acme.id):
        job.refresh_from_db()
        assert job.state == JobState.COMPLETED
        item = DataObject.objects.get(job=job, index=1)
    found = acme.client("manager").get(f"/api/v1/objects/{item.pk}").json()
    assert found["consolidated"]["verdict"] == {
        "number": 1,
        "name": "bad",
        "comments": ["mask on the wrong side"],
    }
    # All there is to download is the manifest: a verification made no masks.
    archive = bytes_of(acme.client("manager").get(f"/api/v1/jobs/{job.pk}/output/download"))
    assert b"manifest/output.manifest" in archive
    assert b".png" not in archive


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (flat_mask(1), ""),
        ({"kind": "empty"}, ""),
        ({"kind": "choice", "content": {"label": "blurry"}}, "content.label"),
        ({"kind": "choice", "content": {"label": 1}}, "content.label"),
        ({"kind": "choice", "content": {"label": "bad", "comment": "x" * 1001}}, "content.comment"),
    ],
)
def test_a_verification_takes_its_labels_alone(acme: Company, first: LabelingJob, body: Any, path: str) -> None:
    start(acme, _follow_up(acme, first, FollowUp.VERIFY, "judged"))
    client, taken = take(acme)
    refused = submit(client, taken, body)
    assert refused.status_code == 422
    assert [one["path"] for one in refused.json()["fields"]] == ([path] if path else [])


def test_a_choice_is_no_answer_to_a_mask(acme: Company) -> None:
    upload = make_upload(acme, photos(1))
    start(acme, order_job(acme, f"upload://{upload.pk}/", number_of_labelers=1, start_when_ready=True))
    client, taken = take(acme)
    assert taken["prior"] is None and taken["verdicts"] is None and taken["task_type"] == "segmentation"
    assert submit(client, taken, {"kind": "choice", "content": {"label": "cat"}}).status_code == 422
    assert client.get(f"/api/v1/work/claims/{taken['id']}/layers/prior").status_code == 404


def test_a_stopped_job_is_chained_and_counted(acme: Company) -> None:
    upload = make_upload(acme, photos(3))
    job = order_job(acme, f"upload://{upload.pk}/", name="first", number_of_labelers=1, start_when_ready=True)
    start(acme, job)
    client, taken = take(acme)
    assert submit(client, taken, flat_mask(1)).status_code == 200
    for topic in ("work.item_answered", "task.consolidate"):
        run_messages(acme, topic)
    with organization_scope(acme.id):
        stop_job(job_id=job.pk)
    publish_job(organization_id=acme.id, job_id=job.pk)
    manager = acme.client("manager")
    found = manager.get(f"/api/v1/jobs/{job.pk}/follow-ups").json()
    assert (found["labeled"], found["unlabeled"], found["has_output"]) == (1, 2, True)
    assert {one["how"]: one["photos"] for one in found["follow_ups"]} == {
        "clone": 3,
        "chain": 2,
        "adjust": 1,
        "verify": 1,
    }
    made = manager.post(
        f"/api/v1/jobs/{job.pk}/follow-ups",
        {"how": "chain", "name": "second", "start_when_ready": True},
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    assert made.json()["label_attribute_name"] == "first-ref"
    with organization_scope(acme.id):
        second = LabelingJob.objects.get(name="second")
    start(acme, second)
    assert (second.preflight["usable"], second.preflight["already_labeled"]) == (2, 1)
    with organization_scope(acme.id):
        cloned = follow_up_job(actor_user_id=None, job_id=job.pk, how="clone", name="again")
    run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        cloned.refresh_from_db()
        assert (cloned.input_uri, cloned.preflight["usable"]) == (job.input_uri, 3)
        assert cloned.work_queue.labelers_wanted == 1


def test_lines_without_a_usable_label_are_left_out_one_by_one(acme: Company, first: LabelingJob) -> None:
    """Each with its reason; the job goes on with the others."""
    lines = _lines(acme, first)
    wide, strange, gone, plain, red = (json.loads(json.dumps(lines[0])) for _ in range(5))
    mask = "maskwright://output/odd/"
    wide["first-ref"] = f"{mask}wide.png"
    strange["first-ref-metadata"]["internal-color-map"]["1"]["class-name"] = "dog"
    gone["first-ref"] = f"{mask}gone.png"
    del plain["first-ref"], plain["first-ref-metadata"]
    red["first-ref-metadata"]["internal-color-map"]["1"]["hex-color"] = "#ff0000"
    blob_store().put(f"org/{acme.id}/output/odd/wide.png", flat_mask(1, (20, 8)))
    body = "\n".join(json.dumps(one) for one in (lines[0], wide, strange, gone, plain, red)).encode()
    blob_store().put(f"org/{acme.id}/output/odd/in.manifest", body)
    # The class that only one line has would be refused at once, were it among the job's first lines.
    job = order_job(acme, "maskwright://output/odd/in.manifest", task_type="verification", name="odd-ones")
    run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        job.refresh_from_db()
        assert job.preflight["usable"] == 2  # a verification takes any class
        assert job.preflight["reasons"] == {
            "bad_prior_mask": 1,
            "no_prior_mask": 1,
            "no_prior_label": 1,
            "prior_colors_differ": 1,
        }
        assert Task.objects.filter(job=job).count() == 2


def _problems(company: Company, uri: str, **changes: Any) -> dict[str, str]:
    arguments = order(company, uri, **changes)
    with organization_scope(company.id), pytest.raises(Invalid) as refused:
        from labeling.services.jobs import create_job

        create_job(**arguments)
    return {one.path: one.code for one in refused.value.fields}


def test_what_cannot_be_begun_with_is_told_before_a_job_is_made(acme: Company, first: LabelingJob) -> None:
    manifest = "maskwright://output/first/manifests/output/output.manifest"
    adjust = {"task_type": "adjustment"}
    upload = make_upload(acme, photos(1))
    assert _problems(acme, f"upload://{upload.pk}/", **adjust)["input_uri"] == "no_prior_labels"
    assert _problems(acme, manifest, **adjust, prior_attribute_name="other-ref") == {
        "prior_attribute_name": "no_prior_labels"
    }
    assert _problems(acme, manifest, **adjust, label_attribute_name="first-ref") == {
        "label_attribute_name": "same_attribute"
    }
    assert _problems(acme, manifest, task_type="verification", label_attribute_name="judged-ref") == {
        "label_attribute_name": "bad_attribute"
    }
    assert _problems(acme, manifest, **adjust, gold_rate=0.1) == {"gold_rate": "not_of_this_type"}
    assert _problems(acme, manifest, task_type="verification", consolidation_rule="single") == {
        "consolidation_rule": "unknown_rule"
    }
    lines = _lines(acme, first)
    del lines[0]["first-ref-metadata"]["internal-color-map"]["1"]["hex-color"]
    blob_store().put(f"org/{acme.id}/output/odd.manifest", json.dumps(lines[0]).encode())
    assert _problems(acme, "maskwright://output/odd.manifest", **adjust) == {"prior_attribute_name": "no_hex_color"}
    lines[1]["first-ref-metadata"]["internal-color-map"]["3"]["class-name"] = "dog"
    blob_store().put(f"org/{acme.id}/output/odd.manifest", json.dumps(lines[1]).encode())
    assert _problems(acme, "maskwright://output/odd.manifest", **adjust) == {"label_set_id": "prior_class_unknown"}
    again = {f"second{name[5:]}": value for name, value in lines[1].items() if name.startswith("first")}
    blob_store().put(f"org/{acme.id}/output/odd.manifest", json.dumps(lines[1] | again).encode())
    assert _problems(acme, "maskwright://output/odd.manifest", **adjust) == {
        "prior_attribute_name": "several_prior_labels"
    }


def test_a_job_without_output_can_only_be_cloned(acme: Company) -> None:
    upload = make_upload(acme, photos(1))
    job = order_job(acme, f"upload://{upload.pk}/", name="first")
    manager = acme.client("manager")
    url = f"/api/v1/jobs/{job.pk}/follow-ups"
    refused = manager.post(url, {"how": "chain", "name": "second"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")
    assert manager.get(url).json()["has_output"] is False
    wrong = manager.post(url, {"how": "repeat", "name": "second"}, content_type="application/json")
    assert wrong.status_code == 422
    assert acme.client("labeler").post(url, {}, content_type="application/json").status_code == 403
