"""The portal's first page."""

from typing import Any

from django.db import connection

from labeling.masks import decode_mask
from labeling.models import Annotation, LabelingJob
from maskwright.core.scope import organization_scope
from tests.factories.jobs import make_job
from tests.factories.work import act, claim, flat_mask, submit
from tests.labeling.test_reviews import answer_all, give_verdict
from tests.plugins.cast import Company
from workforce.services.expiry import expire_due


def _overview(company: Company, who: str = "labeler") -> dict[str, Any]:
    response = company.client(who).get("/api/v1/work/overview")
    assert response.status_code == 200
    return dict(response.json())


def test_it_counts_what_waits_and_what_was_done_today(acme: Company) -> None:
    made = make_job(acme, objects=3, labelers=2)
    client = acme.client("labeler")
    body = claim(client).json()
    act(client, body, "heartbeat", {"active_seconds": 0.01})
    submit(client, body, flat_mask(1))
    overview = _overview(acme)
    (job,) = overview["jobs"]
    assert (job["id"], job["waiting"], job["mine"], job["total"]) == (str(made.id), 2, 1, 3)
    assert overview["today"]["submitted"] == 1
    assert overview["claim"] is None


def test_a_declined_photo_waits_for_others_only(acme: Company) -> None:
    make_job(acme, objects=2, labelers=2)
    act(acme.client("labeler"), claim(acme.client("labeler")).json(), "decline", {"reason": "I know her."})
    (job,) = _overview(acme)["jobs"]
    (others,) = _overview(acme, "labeler2")["jobs"]
    assert (job["waiting"], others["waiting"]) == (1, 2)


def test_it_names_the_live_claim_and_its_job(acme: Company) -> None:
    made = make_job(acme)
    body = claim(acme.client("labeler")).json()
    assert _overview(acme)["claim"] == {"id": body["id"], "job": str(made.id)}
    assert _overview(acme, "labeler2")["claim"] is None


def test_what_expired_came_back_until_it_is_answered(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    client = acme.client("labeler")
    claim(client)
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("UPDATE workforce_slot SET expires_at = clock_timestamp() WHERE state = 'claimed'")
        expire_due()
    (came_back,) = _overview(acme)["returned"]
    assert came_back["job"] == str(made.id) and "time ran out" in came_back["reason"]
    submit(client, claim(client).json(), flat_mask(1))
    assert _overview(acme)["returned"] == []


def test_a_job_whose_photos_cannot_be_used_is_its_managers_business(acme: Company) -> None:
    made = make_job(acme)
    assert len(_overview(acme)["jobs"]) == 1
    with organization_scope(acme.id):
        LabelingJob.objects.filter(pk=made.id).update(state="failed")
    assert _overview(acme)["jobs"] == []


def test_a_stranger_sees_nothing_of_it(acme: Company, initech: Company) -> None:
    make_job(acme)
    claim(acme.client("labeler"))
    overview = _overview(initech)
    assert (overview["jobs"], overview["returned"], overview["claim"]) == ([], [], None)


def test_it_tells_what_reviewers_accepted_and_sent_back(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    answer_all(acme, made, people=("labeler",))
    assert _overview(acme)["reviewed"]["week"] == {"accepted": 0, "returned": 0}
    (job,) = _overview(acme, "reviewer")["jobs"]
    assert (job["reviews"], job["waiting"]) == (1, 0)
    comments = [{"x": 1, "y": 2, "text": "An ear."}]
    give_verdict(acme, made, verdict="return", to="same", reason="The ears are missing.", comments=comments)
    reviewed = _overview(acme)["reviewed"]
    assert reviewed["today"] == reviewed["week"] == {"accepted": 0, "returned": 1}
    (entry,) = reviewed["sent_back"]
    found = (entry["job"], entry["reason"], entry["comments"], entry["open"])
    assert found == (str(made.id), "The ears are missing.", 1, True)
    for other in ("labeler2", "reviewer"):
        assert _overview(acme, other)["reviewed"]["sent_back"] == [], "it is his alone"

    answer_all(acme, made, people=("labeler",))
    give_verdict(acme, made, verdict="accept")
    reviewed = _overview(acme)["reviewed"]
    assert reviewed["today"] == {"accepted": 1, "returned": 1}
    assert reviewed["sent_back"][0]["open"] is False


def test_of_two_answers_only_the_named_one_came_back(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=2, reviewers=("reviewer",))
    answer_all(acme, made, {"labeler2": 2}, people=("labeler", "labeler2"))
    with organization_scope(acme.id):
        wrong = Annotation.objects.get(raster_sha256=_raster(2))
    give_verdict(acme, made, verdict="return", reason="No.", annotations=[str(wrong.pk)])
    assert _overview(acme)["reviewed"]["week"] == {"accepted": 0, "returned": 0}
    assert _overview(acme, "labeler2")["reviewed"]["week"] == {"accepted": 0, "returned": 1}


def _raster(index: int) -> str:
    return decode_mask(flat_mask(index), width=12, height=8, known_indices=[1, 2, 3]).sha256()
