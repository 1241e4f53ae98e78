"""Quality on the managers' pages, and on a person's own."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labeling.admin.quality_rows import agreed_words
from labeling.models import AnswerScore, GoldTask, QualityRule, Task
from labeling.quality import Interval
from labeling.selectors.own_quality import own_quality
from labeling.selectors.quality import PersonQuality
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import AdminClient
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import act, claim, flat_mask, mask_png
from tests.labeling.test_gold import judge, pool_of_golds, set_rate, work
from tests.labeling.test_quality_rules import DECLINES, SPAM, with_rules
from tests.plugins.cast import Company
from workforce.models import PersonSkill, Worker, WorkPause
from workforce.services.grants import accept_grant, offer_grant, staff_grant
from workforce.services.pauses import pause_person

TRUTH = mask_png([[1] * 12] * 4 + [[2] * 12] * 4)


@pytest.fixture
def made(acme: Company) -> MadeJob:
    made = make_job(acme, objects=40, labelers=1)
    set_rate(acme, made, 1.0)
    return made


def page(job: MadeJob, name: str) -> str:
    return f"/manage/labeling/labelingjob/{job.id}/{name}/"


def test_the_quality_page_shows_scores_and_undoes(acme: Company, made: MadeJob) -> None:
    pool_of_golds(acme, made, 3, truth=1)
    with_rules(acme, made, SPAM, DECLINES)
    work(acme, "labeler", made, 14, lambda given: flat_mask(2))
    admin = AdminClient(acme, "manager")
    shown = admin.get(page(made, "quality"))
    assert "0 % (0 to" in shown and "acme-labeler" in shown
    assert "with 95 % confidence" in shown
    with organization_scope(acme.id):
        event = str(made.job.quality_events.get().pk)
    assert "Undone" in admin.post(page(made, "quality"), {"action": "undo", "subject": event}, follow=True)
    with organization_scope(acme.id):
        assert not WorkPause.objects.filter(ended_at=None).exists()
    assert "Saved" in admin.post(page(made, "quality"), {"action": "rate", "percent": "25"}, follow=True)
    with organization_scope(acme.id):
        made.job.refresh_from_db()
        assert made.job.gold_rate == 0.25
    assert acme.browser("reviewer").get(page(made, "gold")).status_code == 403
    auditor = acme.browser("auditor").get(page(made, "quality")).content.decode()
    assert "acme-labeler" not in auditor and "Undo" not in auditor


def test_gold_is_added_on_its_page_by_masks_named_like_photos(acme: Company, made: MadeJob) -> None:
    pool = make_job(acme, objects=2, start=False, shade=180)
    admin = AdminClient(acme, "manager")
    files = [SimpleUploadedFile(f"photo-{n}.png", TRUTH, "image/png") for n in (0, 1)]
    shown = admin.post(page(made, "gold"), {"from_job": str(pool.id), "numbers": "", "masks": files}, follow=True)
    assert "Gold tasks made: 2." in shown
    with organization_scope(acme.id):
        golds = list(GoldTask.objects.all())
    assert len(golds) == 2
    wrong = [
        SimpleUploadedFile("nothing.png", TRUTH, "image/png"),
        SimpleUploadedFile("photo-0.png", b"x", "image/png"),
    ]
    shown = admin.post(page(made, "gold"), {"from_job": str(pool.id), "numbers": "", "masks": wrong})
    assert "there is no such photo" in shown and "not a PNG" in shown
    shown = admin.post(page(made, "gold"), {"remove": str(golds[0].pk)}, follow=True)
    assert "Removed" in shown
    with organization_scope(acme.id):
        assert GoldTask.objects.filter(removed_at=None).count() == 1


def test_rules_are_changed_on_their_page(acme: Company, made: MadeJob) -> None:
    [spam] = with_rules(acme, made, SPAM)
    admin = AdminClient(acme, "manager")
    assert "Rule 1" in admin.get(page(made, "rules"))
    row: dict[str, Any] = {
        "rules-TOTAL_FORMS": "2",
        "rules-INITIAL_FORMS": "1",
        "rules-0-id": str(spam.pk),
        "rules-0-is_active": "on",
        "rules-0-collector": "gold_iou",
        "rules-0-last": "10",
        "rules-0-condition": "certainly_under",
        "rules-0-limit": "50",
        "rules-0-at_least": "3",
        "rules-0-action": "pause",
        "rules-1-is_active": "on",
        "rules-1-collector": "declines",
        "rules-1-condition": "certainly_under",
        "rules-1-limit": "0",
        "rules-1-at_least": "4",
        "rules-1-action": "pause",
        "rules-1-hours": "8",
    }
    assert "Give a limit above 0" in admin.post(page(made, "rules"), row)
    assert "The rules were saved" in admin.post(page(made, "rules"), {**row, "rules-1-limit": "4"}, follow=True)
    with organization_scope(acme.id):
        first, second = QualityRule.objects.order_by("number")
        assert first.pk == spam.pk, "it did not change"
        assert (second.collector, second.condition, second.limit, second.action_settings) == (
            "declines",
            "reaches",
            4,
            {"hours": 8},
        )
    admin.post(page(made, "rules"), {**row, "rules-1-limit": "4", "rules-0-DELETE": "on"})
    with organization_scope(acme.id):
        assert list(QualityRule.objects.values_list("collector", flat=True)) == ["declines"]


def test_a_labelers_page_and_a_vendors_own_people(acme: Company, globex: Company, made: MadeJob) -> None:
    pool_of_golds(acme, made, 3, truth=1)
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=globex.id, title="paint")
    team = make_team(globex, [globex.people["labeler"]])
    with organization_scope(globex.id, user_id=globex.people["manager"].pk, with_grants=True):
        accept_grant(grant_id=grant.pk)
        staff_grant(grant_id=grant.pk, work_team_id=team.pk)
    work(acme, "labeler", made, 6, lambda given: flat_mask(1))
    client = globex.client("labeler")
    for _ in range(6):
        held = claim(client, job=str(made.id)).json()
        assert act(client, held, "submit", flat_mask(2), **{"Idempotency-Key": str(uuid.uuid4())}).status_code == 200
        judge(acme)
    listed = AdminClient(acme, "manager").get("/manage/workforce/worker/")
    assert "acme-labeler" in listed and "vendor." in listed and "globex" not in listed.casefold()
    theirs = AdminClient(globex, "manager").get("/manage/workforce/worker/")
    assert "globex-labeler" in theirs and "acme" not in theirs.casefold()
    assert "0 % (" in theirs
    with organization_scope(globex.id):
        worker = Worker.objects.get()
    shown = AdminClient(globex, "manager").get(f"/manage/workforce/worker/{worker.pk}/change/")
    assert "globex-labeler" in shown and "0 % (0 to" in shown
    assert acme.browser("manager").get(f"/manage/workforce/worker/{worker.pk}/change/").status_code == 200
    assert "globex" not in AdminClient(acme, "manager").get(f"/manage/workforce/worker/{worker.pk}/change/").casefold()


def test_labelers_over_the_api_and_a_persons_own_quality(acme: Company, made: MadeJob) -> None:
    pool_of_golds(acme, made, 6, truth=1)
    work(acme, "labeler", made, 14, lambda given: flat_mask(1))
    manager = acme.client("manager")
    [row] = manager.get("/api/v1/labelers").json()["results"]
    assert (row["person"], row["is_own"], row["for_customer"]) == (
        acme.people["labeler"].get_full_name(),
        True,
        False,
    )
    [one] = manager.get(f"/api/v1/labelers/{row['id']}/quality").json()
    assert (one["job_name"], one["answers"], one["gold"]["value"]) == (made.job.name, 14, 1.0)
    assert acme.client("auditor").get("/api/v1/labelers").json()["results"][0]["person"] is None
    own = acme.client("labeler").get("/api/v1/work/quality").json()
    assert own["jobs"][0]["checked"]["value"] == 1.0
    assert (own["jobs"][0]["answers"], own["pauses"], own["qualifications"]) == (14, [], [])
    assert acme.client("labeler").get("/api/v1/labelers").status_code == 403


def test_what_was_agreed_with_a_vendor_is_missed_only_when_chance_does_not_explain_it() -> None:
    def person(value: float, low: float, high: float) -> PersonQuality:
        return PersonQuality(uuid.uuid4(), uuid.uuid4(), "v", None, gold=Interval(value, low, high))

    for found, missed in ((person(0.5, 0.3, 0.65), True), (person(0.6, 0.4, 0.8), False)):
        told = agreed_words(found, Decimal("0.7"))
        assert told is not None and told["is_missed"] is missed
        assert "70" in told["words"]
    assert agreed_words(person(0.5, 0.3, 0.65), None) is None


def test_skills_on_their_page(acme: Company) -> None:
    admin = AdminClient(acme, "manager")
    user = str(acme.people["labeler"].pk)
    shown = admin.post("/manage/workforce/personskill/add/", {"user": user, "name": "Cats", "level": "70"}, follow=True)
    assert "has the skill Cats at level 70" in shown
    with organization_scope(acme.id):
        skill = PersonSkill.objects.get()
    assert "Cats" in admin.get("/manage/workforce/personskill/")
    admin.post(f"/manage/workforce/personskill/{skill.pk}/do/remove/", {}, follow=True)
    with organization_scope(acme.id):
        assert not PersonSkill.objects.exists()


def test_a_photo_that_is_done_becomes_gold_on_its_page(acme: Company, made: MadeJob) -> None:
    tasks = work(acme, "labeler", made, 2, lambda given: flat_mask(2))
    admin = AdminClient(acme, "manager")
    with organization_scope(acme.id):
        first, second = (Task.objects.get(pk=pk) for pk in tasks)
        answer = second.annotations.get()
    address = "/manage/labeling/dataobject/{}/{}"
    assert "Take it as gold task" in admin.get(address.format(first.data_object_id, "change/"))
    shown = admin.post(address.format(first.data_object_id, "do/gold/"), {}, follow=True)
    assert "It is a gold task of the job now." in shown
    admin.post(address.format(second.data_object_id, "do/gold/"), {"annotation": str(answer.pk)}, follow=True)
    with organization_scope(acme.id):
        assert sorted(GoldTask.objects.values_list("source", flat=True)) == ["answer", "consolidated"]
    shown = admin.post(address.format(first.data_object_id, "do/gold/"), {"annotation": str(answer.pk)}, follow=True)
    assert "There is no such answer" in shown


def own_checked(company: Company) -> Any:
    with organization_scope(company.id):
        return own_quality(company.people["labeler"].pk)[0]["checked"]


def test_a_persons_own_score_moves_after_every_third_gold_task_only(acme: Company, made: MadeJob) -> None:
    pool_of_golds(acme, made, 6, truth=1)
    told = []
    for _ in range(14):
        work(acme, "labeler", made, 1, lambda given: flat_mask(1))
        with organization_scope(acme.id):
            scored = AnswerScore.objects.filter(kind="gold").count()
        told.append((scored, own_checked(acme) is not None))
    assert {one for one in told if one[0] < 3} <= {(0, False), (1, False), (2, False)}
    assert {one[1] for one in told if one[0] >= 3} == {True}


def test_a_persons_own_page_says_why_he_is_paused(acme: Company, made: MadeJob) -> None:
    work(acme, "labeler", made, 1, lambda given: flat_mask(1))
    with organization_scope(acme.id):
        worker = Worker.objects.get()
        pause_person(queue_id=made.queue.pk, worker_id=worker.pk, reason="You declined 2 photos in a row.")
    shown = AdminClient(acme, "labeler").get("/work/quality/")
    assert f"You are paused in {made.job.name}." in shown
    assert "You declined 2 photos in a row." in shown
    assert "You are paused" not in AdminClient(acme, "labeler2").get("/work/quality/")
