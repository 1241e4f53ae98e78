"""Qualifications: all gold, each once, with feedback after every answer, and a skill at the end."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labeling.models import LabelingJob, Qualification
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order, photos
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import bytes_of, claim, flat_mask, mask_png, submit
from tests.labeling.test_gold import gold_of, judge
from tests.plugins.cast import Company
from workforce.models import Claim, Notice, PersonSkill, WorkQueue
from workforce.services.grants import accept_grant, offer_grant, staff_grant
from workforce.services.notices import find_notices
from workforce.services.queues import distribute

TRUTH = mask_png([[1] * 12] * 4 + [[2] * 12] * 4)


def qualification(company: Company, count: int = 3, iou: float = 0.6) -> MadeJob:
    made = make_job(company, objects=count, labelers=1, start=False)
    with organization_scope(company.id):
        LabelingJob.objects.filter(pk=made.id).update(
            is_qualification=True, qualification_skill="Cats", qualification_iou=iou, state="in_progress"
        )
        WorkQueue.objects.filter(pk=made.queue.pk).update(is_qualification=True, state="open")
        distribute(queue_id=made.queue.pk)
    for task in made.tasks:
        gold_of(company, made, task, TRUTH)
    return made


def answer(company: Company, who: str, made: MadeJob, mask: bytes) -> dict[str, Any] | None:
    """Claim and submit one; its feedback, None when there is none left."""
    client = company.client(who)
    held = claim(client, job=str(made.id))
    if held.status_code == 204:
        assert held.headers["X-Reason"] == "done_all"
        return None
    given = held.json()
    assert given["feedback"] is True
    base = f"/api/v1/work/claims/{given['id']}/feedback"
    assert client.get(base).status_code == 404, "not before the answer"
    assert submit(client, given, mask).status_code == 200
    found = client.get(base)
    assert found.status_code == 200, found.content
    return {**found.json(), "base": base}


@pytest.fixture
def made(acme: Company) -> MadeJob:
    return qualification(acme)


def test_everybody_gets_each_photo_once_and_earns_the_skill(acme: Company, made: MadeJob) -> None:
    for who, level in (("labeler", 100), ("labeler2", None)):
        mask = TRUTH if level else flat_mask(3)
        seen = []
        while (found := answer(acme, who, made, mask)) is not None:
            seen.append(found)
        assert [(one["answered"], one["total"]) for one in seen] == [(1, 3), (2, 3), (3, 3)]
        assert [one["result"] is None for one in seen] == [True, True, False]
        assert seen[-1]["result"]["passed"] is (level is not None)
        with organization_scope(acme.id):
            skill = PersonSkill.objects.filter(user=acme.people[who]).first()
            assert (skill.level if skill else None) == level
            if skill:
                assert (skill.name, skill.source) == ("Cats", "qualification")
    with organization_scope(acme.id):
        assert Qualification.objects.count() == 2


def test_the_skill_opens_a_job_that_requires_it(acme: Company, made: MadeJob) -> None:
    other = make_job(acme, objects=2, labelers=1, shade=180, distribution={"required_skills": {"cats": 90}})
    client = acme.client("labeler")
    assert claim(client, job=str(other.id)).headers["X-Reason"] == "skills_missing"
    while answer(acme, "labeler", made, TRUTH) is not None:
        pass
    assert claim(client, job=str(other.id)).status_code == 201


def test_feedback_says_what_was_confused_and_shows_where(acme: Company, made: MadeJob) -> None:
    found = answer(acme, "labeler", made, mask_png([[1] * 12] * 6 + [[0] * 12] * 1 + [[2] * 12] * 1))
    assert found is not None
    assert [(one["truth"], one["answer"], one["pixels"]) for one in found["confused"]] == [
        ("cup", "cat", 24),
        ("cup", "unlabeled", 12),
    ]
    assert {one["name"]: round(one["iou"], 3) for one in found["classes"]} == {"cat": 0.667, "cup": 0.25}
    assert found["accuracy"] == pytest.approx(60 / 96)
    client = acme.client("labeler")
    with Image.open(io.BytesIO(client.get(f"{found['base']}/errors").content)) as image:
        assert image.size == (12, 8)
        values = np.array(image)
        opaque = np.array(image.convert("RGBA"))[..., 3]
    assert values[:, 0].tolist() == [0, 0, 0, 0, 3, 3, 1, 0]
    assert (opaque[:, 0] > 0).tolist() == [False] * 4 + [True] * 3 + [False]
    assert bytes_of(client.get(f"{found['base']}/photo"))[:4] == b"\x89PNG"


def test_feedback_is_the_persons_own_and_of_qualifications_alone(acme: Company, made: MadeJob) -> None:
    found = answer(acme, "labeler", made, TRUTH)
    assert found is not None
    for part in ("", "/photo", "/errors"):
        assert acme.client("labeler2").get(found["base"] + part).status_code == 404
        assert acme.client("manager").get(found["base"] + part).status_code == 404
    plain = make_job(acme, objects=1, labelers=1, shade=180)
    client = acme.client("labeler")
    held = claim(client, job=str(plain.id)).json()
    assert held["feedback"] is False
    assert submit(client, held, flat_mask(1)).status_code == 200
    for part in ("", "/photo", "/errors"):
        assert client.get(f"/api/v1/work/claims/{held['id']}/feedback{part}").status_code == 404


def test_without_a_client_that_reads_feedback_the_skill_is_earned_all_the_same(acme: Company, made: MadeJob) -> None:
    client = acme.client("labeler")
    for _ in range(3):
        assert submit(client, claim(client, job=str(made.id)).json(), TRUTH).status_code == 200
    judge(acme)
    with organization_scope(acme.id):
        assert PersonSkill.objects.get().level == 100


def test_what_is_let_go_comes_again_and_what_is_declined_does_not(acme: Company, made: MadeJob) -> None:
    from tests.factories.work import act

    client = acme.client("labeler")
    first = claim(client, job=str(made.id)).json()
    assert act(client, first, "release").status_code in (200, 204)
    tasks = set()
    second = claim(client, job=str(made.id)).json()
    assert act(client, second, "decline", {"reason": "blurred"}).status_code == 204
    while (held := claim(client, job=str(made.id))).status_code == 201:
        tasks.add(held.json()["task"]["id"])
        assert submit(client, held.json(), TRUTH).status_code == 200
    assert len(tasks) == 2
    assert second["task"]["id"] not in tasks


def test_its_own_photos_are_offered_to_nobody_as_such(acme: Company, made: MadeJob) -> None:
    row = next(
        one for one in acme.client("labeler").get("/api/v1/work/overview").json()["jobs"] if one["id"] == str(made.id)
    )
    assert (row["waiting"], row["mine"], row["total"]) == (3, 0, 3)
    answer(acme, "labeler", made, TRUTH)
    progress = acme.client("manager").get(f"/api/v1/jobs/{made.id}/progress").json()
    assert progress["tasks"]["waiting"] == 3
    row = next(
        one for one in acme.client("labeler").get("/api/v1/work/overview").json()["jobs"] if one["id"] == str(made.id)
    )
    assert (row["waiting"], row["mine"], row["total"]) == (2, 1, 3)


def test_a_qualification_is_ordered_with_its_skill(acme: Company) -> None:
    arguments = order(acme, f"upload://{make_upload(acme, photos(1)).pk}/")
    body = {key: str(value) for key, value in arguments.items() if key != "actor_user_id"}
    client = acme.client("manager")
    refused = client.post("/api/v1/jobs", {**body, "is_qualification": True}, content_type="application/json")
    assert [one["path"] for one in refused.json()["fields"]] == ["qualification_skill"]
    made = client.post(
        "/api/v1/jobs",
        {**body, "is_qualification": True, "qualification_skill": "Cats", "qualification_iou": 0.8},
        content_type="application/json",
    ).json()
    assert (made["is_qualification"], made["qualification_skill"], made["qualification_iou"]) == (True, "Cats", 0.8)
    with organization_scope(acme.id):
        assert WorkQueue.objects.get(pk=made["work_queue"]).is_qualification


def test_a_vendors_person_earns_a_skill_of_his_employer(acme: Company, globex: Company, made: MadeJob) -> None:
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=globex.id, title="qualify")
    team = make_team(globex, [globex.people["labeler"]])
    with organization_scope(globex.id, user_id=globex.people["manager"].pk, with_grants=True):
        accept_grant(grant_id=grant.pk)
        staff_grant(grant_id=grant.pk, work_team_id=team.pk)
    while answer(globex, "labeler", made, TRUTH) is not None:
        pass
    with organization_scope(globex.id):
        assert PersonSkill.objects.get().level == 100
    with organization_scope(acme.id):
        assert not PersonSkill.objects.exists()


def test_who_has_not_taken_it_is_told_that_it_is_open(acme: Company, globex: Company, made: MadeJob) -> None:
    """Its places are made for who asks: until then there is none that could be found ready."""

    def told() -> set[str]:
        with organization_scope(acme.id):
            find_notices()
            found = set(Notice.objects.filter(work_queue_id=made.queue.pk).values_list("user__username", flat=True))
            Notice.objects.all().delete()
        return found

    mine = {acme.people[who].username for who in ("labeler", "labeler2", "labeler3")}
    assert told() == mine
    while answer(acme, "labeler", made, TRUTH) is not None:
        pass
    with organization_scope(acme.id):
        Claim.objects.update(ended_at="2026-01-01T00:00:00Z")  # he is not at work any more
    assert told() == mine - {acme.people["labeler"].username}
