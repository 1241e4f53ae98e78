"""What a manager reads about what happens next: with a team, with a vendor, and after failures."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from labeling.models import LabelingJob, Task
from labeling.services.reconcile import reconcile_organization
from labeling.services.tasks import advance_task
from labeling.states import TaskState
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, photos, run_messages
from tests.factories.jobs import make_job
from tests.factories.work import act, claim
from tests.plugins.cast import Company
from workforce.models import WorkItem
from workforce.services.grants import accept_grant, offer_grant, revoke_grant
from workforce.states import ItemState


def _vendor_job(company: Company, **changes: Any) -> LabelingJob:
    upload = make_upload(company, photos(1))
    return order_job(company, f"upload://{upload.pk}/", work_team_id=None, for_vendor=True, **changes)


def _state(company: Company, job: LabelingJob) -> str:
    with organization_scope(company.id):
        return str(LabelingJob.objects.get(pk=job.pk).state)


def _page(company: Company, job_id: uuid.UUID) -> Any:
    return company.browser("manager").get(f"/manage/labeling/labelingjob/{job_id}/change/")


def _next(company: Company, job: LabelingJob) -> str:
    page = _page(company, job.pk)
    step = page.context["next_step"]
    assert step is None or step.text.split(":")[0] in page.content.decode()
    return step.text if step else ""


def _offer(customer: Company, vendor: Company, job: LabelingJob) -> uuid.UUID:
    with organization_scope(customer.id):
        return uuid.UUID(str(offer_grant(queue_id=job.work_queue_id, vendor_id=vendor.id, title="Cats").pk))


def test_each_step_of_a_job_for_a_vendor_is_told_and_it_starts_by_itself(acme: Company, globex: Company) -> None:
    job = _vendor_job(acme, start_when_ready=True)
    assert "Offer it to a vendor" in _next(acme, job)
    run_messages(acme, "job.intake")
    assert _state(acme, job) == "ready"
    grant = _offer(acme, globex, job)
    assert _next(acme, job).startswith(
        f"{globex.organization.name} must accept the offer. Then the job starts by itself"
    )
    with organization_scope(globex.id):
        accept_grant(grant_id=grant)
    assert run_messages(acme, "work_grant.accepted") == 1
    assert _state(acme, job) == "in_progress"
    assert "chooses which of its teams" in _next(acme, job)


def test_a_job_that_shall_wait_for_start_waits_also_after_the_vendor_accepted(acme: Company, globex: Company) -> None:
    job = _vendor_job(acme)
    run_messages(acme, "job.intake")
    grant = _offer(acme, globex, job)
    assert "Then press Start" in _next(acme, job)
    with organization_scope(globex.id):
        accept_grant(grant_id=grant)
    run_messages(acme, "work_grant.accepted")
    assert _state(acme, job) == "ready"
    assert "Press Start" in _next(acme, job)


def test_a_grant_that_begins_later_starts_the_job_by_the_next_repair(acme: Company, globex: Company) -> None:
    job = _vendor_job(acme, start_when_ready=True)
    run_messages(acme, "job.intake")
    begin = timezone.now() + timedelta(hours=1)
    with organization_scope(acme.id):
        grant = offer_grant(queue_id=job.work_queue_id, vendor_id=globex.id, title="Cats", starts_at=begin)
    with organization_scope(globex.id):
        accept_grant(grant_id=grant.pk)
    assert run_messages(acme, "work_grant.accepted") == 0
    with organization_scope(acme.id):
        reconcile_organization()
    assert run_messages(acme, "work_grant.accepted") == 1
    assert _state(acme, job) == "in_progress"


def test_a_grant_that_ended_before_its_message_ran_starts_nothing(acme: Company, globex: Company) -> None:
    job = _vendor_job(acme, start_when_ready=True)
    run_messages(acme, "job.intake")
    grant = _offer(acme, globex, job)
    with organization_scope(globex.id):
        accept_grant(grant_id=grant)
    with organization_scope(acme.id):
        revoke_grant(grant_id=grant)
    assert run_messages(acme, "work_grant.accepted") == 1
    assert _state(acme, job) == "ready"


def test_acceptance_while_the_photos_are_checked_starts_at_their_end(acme: Company, globex: Company) -> None:
    job = _vendor_job(acme, start_when_ready=True)
    grant = _offer(acme, globex, job)
    with organization_scope(globex.id):
        accept_grant(grant_id=grant)
    run_messages(acme, "work_grant.accepted")
    assert "When the photos have been checked the job starts by itself" in _next(acme, job)
    run_messages(acme, "job.intake")
    assert _state(acme, job) == "in_progress"


def test_a_job_has_a_team_or_is_for_a_vendor(acme: Company) -> None:
    upload = make_upload(acme, photos(1))
    made = make_job(acme)
    body = {
        "name": "both",
        "input_uri": f"upload://{upload.pk}/",
        "label_set_id": str(uuid.uuid4()),
        "task_template_id": str(uuid.uuid4()),
        "work_team_id": str(made.team.pk),
        "for_vendor": True,
    }
    response = acme.client("manager").post("/api/v1/jobs", body, content_type="application/json")
    assert response.status_code == 422
    problem = next(field for field in response.json()["fields"] if field["path"] == "for_vendor")
    assert problem["code"] == "team_and_vendor" and "Leave work_team_id out" in problem["message"]


def test_being_labeled_is_what_somebody_holds(acme: Company) -> None:
    made = make_job(acme, objects=3, labelers=2)
    url = f"/api/v1/jobs/{made.id}/progress"
    manager = acme.client("manager")

    def counts() -> tuple[int, int]:
        progress = manager.get(url).json()
        return progress["tasks"]["open"], progress["labeling"]

    assert counts() == (3, 0)
    held = claim(acme.client("labeler")).json()
    claim(acme.client("labeler2"))
    progress = manager.get(url).json()
    assert (progress["labeling"], progress["claimed"]) == (1, 2)  # both hold the first photo
    assert act(acme.client("labeler"), held, "release").status_code == 204
    assert counts() == (3, 1)


def test_a_completed_job_with_failures_needs_attention_with_a_link_to_them(acme: Company) -> None:
    made = make_job(acme, objects=1)
    with organization_scope(acme.id):
        advance_task(task=Task.objects.get(), to=TaskState.FAILED, code="unreadable", reason="It cannot be read.")
    run_messages(acme, "job.finish")
    assert _state(acme, made.job) == "completed"
    browser = acme.browser("manager")
    (attention,) = browser.get("/manage/").context["attention"]
    assert (attention.what, attention.is_urgent) == ("Completed, but one photo failed.", True)
    listed = browser.get(attention.url)
    assert [item.pk for item in listed.context["cl"].result_list] == [made.tasks[0].data_object_id]


def test_photos_that_need_a_decision_lead_to_the_queue(acme: Company) -> None:
    made = make_job(acme, objects=2)
    with organization_scope(acme.id):
        item = WorkItem.objects.first()
        assert item is not None
        WorkItem.objects.filter(pk=item.pk).update(state=ItemState.ATTENTION)
    (attention,) = acme.browser("manager").get("/manage/").context["attention"]
    assert attention.what == "One photo needs a decision."
    assert attention.url.endswith(f"{made.id}/queue/")
