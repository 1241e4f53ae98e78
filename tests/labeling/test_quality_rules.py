"""Rules about people: they fire on evidence, act, tell, are undone, and do not fire twice on the same."""

import uuid
from typing import Any

import pytest

from labeling.models import LabelingJob, QualityEvent, QualityRule
from labeling.quality import USUAL
from labeling.services.quality.ruling import save_rules
from labeling.services.quality.running import run_rules, undo_event
from maskwright.audit.models import AuditEvent
from maskwright.core.errors import Conflict, Invalid, NotFound
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import AdminClient
from tests.factories.inputs import make_upload, order_job, photos, run_messages
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import act, claim, flat_mask, submit
from tests.labeling.test_gold import judge, pool_of_golds, set_rate, work
from tests.plugins.cast import Company
from workforce.models import Notice, PersonSkill, Worker, WorkPause
from workforce.services.grants import accept_grant, offer_grant, staff_grant
from workforce.services.notices import find_notices

SPAM: dict[str, Any] = {
    "collector": "gold_iou",
    "condition": "certainly_under",
    "limit": 0.5,
    "at_least": 3,
    "collector_settings": {"last": 10},
    "action": "pause",
}
DECLINES: dict[str, Any] = {
    "collector": "declines",
    "condition": "reaches",
    "limit": 2,
    "at_least": 2,
    "action": "pause",
    "action_settings": {"hours": 4},
}


def with_rules(company: Company, made: MadeJob, *rules: dict[str, Any]) -> list[QualityRule]:
    with organization_scope(company.id, user_id=company.people["manager"].pk):
        return save_rules(job_id=made.id, rules=rules)


def events(company: Company) -> list[QualityEvent]:
    with organization_scope(company.id):
        return list(QualityEvent.objects.order_by("at").select_related("worker"))


@pytest.fixture
def made(acme: Company) -> MadeJob:
    made = make_job(acme, objects=60, labelers=1)
    set_rate(acme, made, 1.0)
    return made


def test_a_spammer_is_paused_and_both_sides_are_told(acme: Company, made: MadeJob) -> None:
    pool_of_golds(acme, made, 6, truth=1)
    with_rules(acme, made, SPAM)
    tasks = work(acme, "labeler", made, 25, lambda given: flat_mask(2))
    assert len(tasks) <= 20, "found within 25 tasks"
    nothing = claim(acme.client("labeler"), job=str(made.id))
    assert (nothing.status_code, nothing.headers["X-Reason"]) == (204, "paused")
    [event] = events(acme)
    assert (event.value, event.rule["action"]) == (0.0, "pause")
    assert event.high < 0.5
    with organization_scope(acme.id):
        pause = WorkPause.objects.get(ended_at=None)
        assert pause.cause_id == event.pk
        assert "0 %" in pause.reason
        verbs = set(AuditEvent.objects.values_list("verb", flat=True))
        assert {"quality_rule.acted", "worker.paused"} <= verbs
        find_notices()
        told = {(one.user.username, one.kind) for one in Notice.objects.select_related("user")}
    assert ("acme-labeler", "paused") in told
    assert {("acme-manager", "quality"), ("acme-owner", "quality")} <= told
    assert work(acme, "labeler2", made, 3, lambda given: flat_mask(1)), "the others go on"


def test_a_careful_person_is_left_alone(acme: Company, made: MadeJob) -> None:
    pool_of_golds(acme, made, 6, truth=1)
    with_rules(acme, made, SPAM, {**SPAM, "condition": "under", "at_least": 1})
    assert len(work(acme, "labeler", made, 15, lambda given: flat_mask(1))) == 15
    assert events(acme) == []


def test_undone_it_does_not_fire_again_on_the_same_evidence(acme: Company, made: MadeJob) -> None:
    pool_of_golds(acme, made, 9, truth=1)
    with_rules(acme, made, SPAM)
    work(acme, "labeler", made, 25, lambda given: flat_mask(2))
    [event] = events(acme)
    manager = acme.people["manager"].pk
    with organization_scope(acme.id, user_id=manager):
        undo_event(job_id=made.id, event_id=event.pk)
        assert not WorkPause.objects.filter(ended_at=None).exists()
        assert run_rules(LabelingJob.objects.get(pk=made.id), event.worker_id) == 0
        with pytest.raises(Conflict):
            undo_event(job_id=made.id, event_id=event.pk)
        assert AuditEvent.objects.filter(verb="quality_rule.undone", actor_id=manager).count() == 1
    more = work(acme, "labeler", made, 25, lambda given: flat_mask(2))
    assert len(more) > 3, "he works on until there is new evidence"
    again = events(acme)
    assert len(again) == 2
    assert again[1].count < again[0].count + 3
    assert again[1].count >= 3, "of new gold tasks alone"


def test_declines_in_a_row_pause_for_some_hours(acme: Company, made: MadeJob) -> None:
    with_rules(acme, made, DECLINES)
    client = acme.client("labeler")
    for number in range(2):
        assert events(acme) == [], number
        assert act(client, claim(client, job=str(made.id)).json(), "decline", {"reason": "no"}).status_code == 204
        judge(acme)
    [event] = events(acme)
    with organization_scope(acme.id):
        pause = WorkPause.objects.get()
        assert pause.until is not None
        assert round((pause.until - event.at).total_seconds()) == 4 * 3600
        assert pause.reason == "You declined 2 photos in a row."


def test_too_fast_is_the_time_between_claim_and_submit_where_no_client_measures(acme: Company, made: MadeJob) -> None:
    with_rules(
        acme,
        made,
        {
            "collector": "too_fast",
            "condition": "reaches",
            "limit": 3,
            "collector_settings": {"seconds": 60},
            "action": "tell",
        },
    )
    assert len(work(acme, "labeler", made, 7, lambda given: flat_mask(1))) == 7
    assert len(events(acme)) == 2, "three, and three more"


def test_agreement_finds_who_paints_what_nobody_else_does(acme: Company) -> None:
    made = make_job(acme, objects=4, labelers=3)
    with_rules(
        acme,
        made,
        {"collector": "agreement", "condition": "under", "limit": 0.5, "at_least": 3, "action": "pause"},
    )
    for who, index in (("labeler", 1), ("labeler2", 1), ("labeler3", 2)):
        work(acme, who, made, 4, lambda given, index=index: flat_mask(index))  # type: ignore[misc]
    judge(acme)
    [event] = events(acme)
    with organization_scope(acme.id):
        assert WorkPause.objects.get().worker_id == event.worker_id
        answers = event.worker.annotations.values_list("sha256", flat=True)
        assert len(set(answers)) == 1


def test_a_skill_is_computed_from_gold_and_set_back_by_an_undo(acme: Company, made: MadeJob) -> None:
    pool_of_golds(acme, made, 4, truth=1)
    rule = {"collector": "gold_iou", "condition": "at_least", "limit": 0.9, "at_least": 2, "action": "set_skill"}
    with_rules(acme, made, {**rule, "action_settings": {"skill": "Cats"}})
    work(acme, "labeler", made, 8, lambda given: flat_mask(1))
    event = events(acme)[0]
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        skill = PersonSkill.objects.get(user=acme.people["labeler"])
        assert (skill.name, skill.level, skill.source) == ("Cats", 100, "gold")
        undo_event(job_id=made.id, event_id=event.pk)
        assert not PersonSkill.objects.filter(user=acme.people["labeler"]).exists()


def test_an_undo_leaves_what_a_manager_has_done_since(acme: Company, made: MadeJob) -> None:
    with_rules(acme, made, DECLINES)
    client = acme.client("labeler")
    for _ in range(2):
        act(client, claim(client, job=str(made.id)).json(), "decline", {"reason": "no"})
        judge(acme)
    [event] = events(acme)
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        WorkPause.objects.update(cause_id=uuid.uuid4())
        undo_event(job_id=made.id, event_id=event.pk)
        assert WorkPause.objects.filter(ended_at=None).exists()


def test_rules_are_replaced_whole_and_an_unchanged_one_goes_on(acme: Company, made: MadeJob) -> None:
    [first, second] = with_rules(acme, made, SPAM, DECLINES)
    [kept, changed] = with_rules(acme, made, {**DECLINES, "id": second.pk}, {**SPAM, "id": first.pk, "limit": 0.6})
    assert kept.pk == second.pk
    assert changed.pk != first.pk, "a changed rule looks at everything anew"
    with organization_scope(acme.id):
        assert [row.number for row in QualityRule.objects.order_by("number")] == [1, 2]
        with pytest.raises(Invalid) as refused:
            save_rules(job_id=made.id, rules=[SPAM, {**SPAM, "limit": 7, "collector": "gold_iou"}])
        assert [one.path for one in refused.value.fields] == ["rules.1.limit"]
        assert QualityRule.objects.count() == 2
    with_rules(acme, made, {**DECLINES, "is_active": False})
    client = acme.client("labeler")
    for _ in range(3):
        act(client, claim(client, job=str(made.id)).json(), "decline", {"reason": "no"})
        judge(acme)
    assert events(acme) == [], "it is switched off"


def test_a_new_job_has_the_usual_rules(acme: Company) -> None:
    job = order_job(acme, f"upload://{make_upload(acme, photos(1)).pk}/")
    with organization_scope(acme.id):
        names = list(QualityRule.objects.filter(job=job).order_by("number").values_list("collector", "action"))
    assert names == [("gold_iou", "pause"), ("too_fast", "tell"), ("declines", "tell")]


def test_a_vendors_person_is_paused_and_the_vendor_told_by_its_own_rows(
    acme: Company, globex: Company, initech: Company
) -> None:
    made = make_job(acme, objects=40, labelers=1)
    set_rate(acme, made, 1.0)
    pool_of_golds(acme, made, 6, truth=1)
    with_rules(acme, made, SPAM, {**SPAM, "action": "set_skill", "action_settings": {"skill": "Spam", "level": 0}})
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=globex.id, title="paint")
    team = make_team(globex, [globex.people["labeler"]])
    with organization_scope(globex.id, user_id=globex.people["manager"].pk, with_grants=True):
        accept_grant(grant_id=grant.pk)
        staff_grant(grant_id=grant.pk, work_team_id=team.pk)
    client = globex.client("labeler")
    for _ in range(25):
        given = claim(client, job=str(made.id))
        if given.status_code == 204:
            break
        assert submit(client, given.json(), flat_mask(2)).status_code == 200
        judge(acme)
    assert given.headers["X-Reason"] == "paused"
    with organization_scope(globex.id, with_grants=True):
        assert QualityEvent.objects.filter(rule__action="pause").count() == 1, "the employer reads what was done"
        find_notices()
        told = {(one.user.username, one.kind) for one in Notice.objects.select_related("user")}
        assert {("globex-labeler", "paused"), ("globex-manager", "paused")} <= told
        assert not PersonSkill.objects.exists(), "its skills are its own business"
    with organization_scope(initech.id):
        assert not QualityEvent.objects.exists() and not Worker.objects.exists()
    with organization_scope(globex.id), pytest.raises(NotFound):
        undo_event(job_id=made.id, event_id=QualityEvent.objects.first().pk)  # type: ignore[union-attr]
    run_messages(acme, "person.judge")


def test_the_usual_rules_are_added_to_a_job_that_was_made_before_there_were_rules(acme: Company, made: MadeJob) -> None:
    usual = [rule.collector for rule in USUAL]
    with_rules(acme, made, DECLINES)
    manager, path = acme.client("manager"), f"/api/v1/jobs/{made.id}/quality/rules"
    [own] = manager.get(path).json()
    added = manager.post(f"{path}/usual")
    assert added.status_code == 200, added.content
    assert [one["collector"] for one in added.json()] == ["declines", *usual]
    assert added.json()[0]["id"] == own["id"], "a rule that stands goes on where it is"
    assert manager.post(f"{path}/usual").status_code == 409
    with organization_scope(acme.id):
        assert AuditEvent.objects.filter(verb="quality_rules.changed").count() == 2
        QualityRule.objects.filter(job=made.job).delete()
    page = f"/manage/labeling/labelingjob/{made.id}/quality/"
    admin = AdminClient(acme, "manager")
    assert "Add the usual rules" in admin.get(page)
    assert "The usual rules were added" in admin.post(page, {"action": "usual"}, follow=True)
    assert "Add the usual rules" not in admin.get(page)
    with organization_scope(acme.id):
        assert QualityRule.objects.filter(job=made.job).count() == len(usual)
    assert acme.browser("auditor").post(page, {"action": "usual"}).status_code == 403
