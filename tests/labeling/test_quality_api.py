"""Quality over the API: gold tasks, scores, rules, what they did, pauses, skills."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import act, bytes_of, claim, flat_mask, mask_png
from tests.labeling.test_gold import judge, set_rate, work
from tests.labeling.test_quality_rules import DECLINES
from tests.plugins.cast import Company
from workforce.models import PersonSkill, Worker

TRUTH = mask_png([[1] * 12] * 4 + [[2] * 12] * 4)


@pytest.fixture
def made(acme: Company) -> MadeJob:
    made = make_job(acme, objects=40, labelers=1)
    set_rate(acme, made, 1.0)
    return made


def test_gold_is_made_with_a_mask_listed_and_removed(acme: Company, made: MadeJob) -> None:
    pool = make_job(acme, objects=1, start=False, shade=180)
    manager, base = acme.client("manager"), f"/api/v1/jobs/{made.id}/gold"
    mask = SimpleUploadedFile("truth.png", TRUTH, "image/png")
    created = manager.post(base, {"object": str(pool.tasks[0].data_object_id), "mask": mask})
    assert created.status_code == 201, created.content
    gold = created.json()
    assert gold["made_of"] == "upload"
    assert bytes_of(manager.get(f"{base}/{gold['id']}/mask"))[:4] == b"\x89PNG"
    work(acme, "labeler", made, 5, lambda given: flat_mask(1))
    [row] = manager.get(base).json()
    assert (row["id"], row["answers"], row["mean_iou"]) == (gold["id"], 1, 0.25)
    for who in ("reviewer", "auditor", "labeler"):
        for address in (base, f"{base}/{gold['id']}/mask"):
            assert acme.client(who).get(address).status_code == 403, "who labels must not know them"
    assert manager.delete(f"{base}/{gold['id']}").status_code == 204
    assert manager.get(base).json()[0]["removed_at"]
    wrong = manager.post(base, {"object": str(uuid.uuid4())}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["fields"][0]["path"]) == (422, "object")


def test_a_jobs_people_with_their_scores(acme: Company, made: MadeJob) -> None:
    pool = make_job(acme, objects=1, start=False, shade=180)
    acme.client("manager").post(
        f"/api/v1/jobs/{made.id}/gold",
        {
            "object": str(pool.tasks[0].data_object_id),
            "mask": SimpleUploadedFile("truth.png", TRUTH, "image/png"),
        },
    )
    work(acme, "labeler", made, 5, lambda given: flat_mask(1))
    [one] = acme.client("manager").get(f"/api/v1/jobs/{made.id}/quality").json()
    assert one["person"] == acme.people["labeler"].get_full_name()
    assert (one["answers"], one["golds"], one["accuracy"]) == (5, 1, 0.5)
    assert one["gold"]["value"] == 0.25
    assert one["gold"]["low"] < 0.25 < one["gold"]["high"]
    assert one["classes"] == {"1": 0.5, "2": 0.0}
    assert one["confused"] == [{"truth": 2, "answer": 1, "pixels": 48}]
    blind = acme.client("auditor").get(f"/api/v1/jobs/{made.id}/quality").json()
    assert blind[0]["person"] is None


def test_rules_events_and_their_undo(acme: Company, made: MadeJob) -> None:
    manager, base = acme.client("manager"), f"/api/v1/jobs/{made.id}"
    saved = manager.put(f"{base}/quality/rules", {"rules": [DECLINES]}, content_type="application/json")
    assert saved.status_code == 200, saved.content
    assert saved.json()[0]["words"].startswith("Tasks declined in a row")
    refused = manager.put(
        f"{base}/quality/rules", {"rules": [{**DECLINES, "action": "fire"}]}, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (422, "rules.0.action")
    client = acme.client("labeler")
    for _ in range(2):
        act(client, claim(client, job=str(made.id)).json(), "decline", {"reason": "no"})
        judge(acme)
    [event] = manager.get(f"{base}/quality/events").json()["results"]
    assert (event["value"], event["state"], event["action"]) == (2, "done", "pause")
    assert "2" in event["words"]
    [pause] = manager.get(f"{base}/pauses").json()
    assert (pause["event"], pause["reason"]) == (event["id"], "You declined 2 photos in a row.")
    undone = manager.post(f"{base}/quality/events/{event['id']}/undo")
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")
    assert manager.get(f"{base}/pauses").json() == []
    assert manager.post(f"{base}/quality/events/{event['id']}/undo").status_code == 409
    assert claim(client, job=str(made.id)).status_code == 201


def test_a_pause_by_hand_and_its_end(acme: Company, made: MadeJob) -> None:
    work(acme, "labeler", made, 1, lambda given: flat_mask(1))
    manager, base = acme.client("manager"), f"/api/v1/jobs/{made.id}/pauses"
    with organization_scope(acme.id):
        worker = str(Worker.objects.get().pk)
    made_pause = manager.post(
        base, {"worker": worker, "reason": "call me", "hours": 2}, content_type="application/json"
    )
    assert made_pause.status_code == 201
    assert claim(acme.client("labeler"), job=str(made.id)).headers["X-Reason"] == "paused"
    assert manager.delete(f"{base}/{worker}").status_code == 204
    assert manager.delete(f"{base}/{worker}").status_code == 404
    assert claim(acme.client("labeler"), job=str(made.id)).status_code == 201


def test_skills_given_by_hand_open_a_job(acme: Company) -> None:
    made = make_job(acme, objects=2, labelers=1, distribution={"required_skills": {"cats": 60}})
    labeler, manager = acme.client("labeler"), acme.client("manager")
    assert claim(labeler, job=str(made.id)).headers["X-Reason"] == "skills_missing"
    user = str(acme.people["labeler"].pk)
    given = manager.post("/api/v1/skills", {"user": user, "name": "Cats", "level": 59}, content_type="application/json")
    assert (given.status_code, given.json()["gained"]) == (200, "hand")
    assert claim(labeler, job=str(made.id)).status_code == 204, "59 is not 60"
    again = manager.post("/api/v1/skills", {"user": user, "name": "CATS", "level": 60}, content_type="application/json")
    assert again.json()["id"] == given.json()["id"], "capitals make no other skill"
    assert claim(labeler, job=str(made.id)).status_code == 201
    [row] = manager.get("/api/v1/skills").json()["results"]
    assert (row["name"], row["level"]) == ("Cats", 60)
    assert acme.client("reviewer").get("/api/v1/skills").status_code == 403
    assert manager.delete(f"/api/v1/skills/{row['id']}").status_code == 204
    with organization_scope(acme.id):
        assert not PersonSkill.objects.exists()
    for bad in ({"level": 101}, {"name": ""}):
        body = {"user": user, "name": "cats", "level": 5, **bad}
        assert manager.post("/api/v1/skills", body, content_type="application/json").status_code == 422
