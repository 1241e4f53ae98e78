"""Creating a job, its moves, and changes while it runs."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from labeling.errors import MoveRefused
from labeling.models import JobRevision, LabelingJob
from labeling.services.jobs import advance_job, change_job, create_job, pause_job, resume_job, start_job, stop_job
from labeling.states import JOB_MOVES, JobState
from maskwright.core.errors import Invalid, NotFound
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order, order_job, photos, run_messages
from tests.factories.jobs import CATEGORIES, make_job, make_team
from tests.factories.work import claim
from tests.plugins.cast import Company
from workforce.models import WorkItem, WorkQueue
from workforce.services.queues import move_queue
from workforce.states import QueueState


def _problems(company: Company, **arguments: Any) -> dict[str, str]:
    with organization_scope(company.id), pytest.raises(Invalid) as caught:
        create_job(**arguments)
    return {field.path: field.code for field in caught.value.fields}


def _queue(company: Company, job: LabelingJob) -> WorkQueue:
    with organization_scope(company.id):
        return WorkQueue.objects.get(pk=job.work_queue_id)


def test_a_right_order_makes_job_queue_and_first_revision(acme: Company) -> None:
    upload = make_upload(acme, photos(1))
    job = order_job(acme, f"upload://{upload.pk}/", number_of_labelers=5, max_concurrent=7)
    queue = _queue(acme, job)
    assert (queue.labelers_wanted, queue.window, queue.time_limit_seconds, queue.state) == (5, 7, 3600, "draft")
    assert (job.state, job.label_attribute_name, job.output_uri) == (
        JobState.INITIALIZING,
        f"{job.name}-ref",
        "maskwright://output/",
    )
    with organization_scope(acme.id):
        revision = JobRevision.objects.get(job=job)
        assert (revision.number, revision.title, revision.categories) == (1, "Paint what you see", CATEGORIES)
        assert OutboxMessage.objects.filter(topic="job.intake").count() == 1


def test_everything_wrong_is_said_at_once_and_nothing_is_made(acme: Company, initech: Company) -> None:
    theirs = make_team(initech, [initech.people["labeler"]])
    found = _problems(
        acme,
        actor_user_id=acme.people["manager"].pk,
        name="-bad name-",
        label_attribute_name="label",
        input_uri="s3://nobody/photos/",
        output_uri="gs://nobody/out/",
        label_set_id=uuid.uuid4(),
        task_template_id=uuid.uuid4(),
        work_team_id=theirs.pk,
        number_of_labelers=10,
        time_limit_seconds=29,
        max_concurrent=5001,
        deadline=datetime.now(UTC) - timedelta(seconds=1),
        consolidation_rule="magic",
    )
    assert found == {
        "name": "bad_name",
        "label_attribute_name": "bad_attribute",
        "input_uri": "address_unusable",
        "output_uri": "address_unusable",
        "label_set_id": "not_found",
        "task_template_id": "not_found",
        "work_team_id": "not_found",
        "number_of_labelers": "out_of_range",
        "time_limit_seconds": "out_of_range",
        "max_concurrent": "out_of_range",
        "deadline": "bad_deadline",
        "consolidation_rule": "unknown_rule",
    }
    with organization_scope(acme.id):
        assert not LabelingJob.objects.exists()
        assert not WorkQueue.objects.exists()


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"work_team_id": None}, "work_team_id", "no_team"),
        ({"consolidation_rule": "single", "number_of_labelers": 2}, "consolidation_rule", "needs_one_answer"),
        ({"name": "a" * 64}, "name", "bad_name"),
        ({"name": "a_b"}, "name", "bad_name"),
        ({"name": "a-"}, "name", "bad_name"),
        ({"label_attribute_name": "source-ref"}, "label_attribute_name", "bad_attribute"),
        ({"label_attribute_name": "a" * 124 + "-ref"}, "label_attribute_name", "bad_attribute"),
        ({"number_of_labelers": 0}, "number_of_labelers", "out_of_range"),
        ({"time_limit_seconds": 28_801}, "time_limit_seconds", "out_of_range"),
        ({"max_concurrent": 0}, "max_concurrent", "out_of_range"),
        ({"output_uri": "upload://x/"}, "output_uri", "storage_not_writable"),
        ({"input_uri": "photos"}, "input_uri", "address_unusable"),
    ],
)
def test_one_thing_wrong_is_the_only_thing_said(acme: Company, changes: dict[str, Any], path: str, code: str) -> None:
    upload = make_upload(acme, photos(1))
    assert _problems(acme, **order(acme, **({"input_uri": f"upload://{upload.pk}/"} | changes))) == {path: code}


def test_the_shortest_and_longest_names_are_taken(acme: Company) -> None:
    upload = make_upload(acme, photos(1))
    for name in ("a", "a" * 63, "a--b"):
        assert order_job(acme, f"upload://{upload.pk}/", name=name).name == name


def test_a_name_is_taken_whatever_its_case_but_only_in_its_organization(acme: Company, initech: Company) -> None:
    upload = make_upload(acme, photos(1))
    order_job(acme, f"upload://{upload.pk}/", name="Street-1")
    again = order(acme, f"upload://{upload.pk}/", name="sTREET-1")
    assert _problems(acme, **again) == {"name": "name_taken"}
    elsewhere = make_upload(initech, photos(1))
    assert order_job(initech, f"upload://{elsewhere.pk}/", name="street-1").pk


def test_inputs_that_are_empty_missing_unfinished_or_of_others(acme: Company, initech: Company) -> None:
    empty, open_one = make_upload(acme, {}), make_upload(acme, photos(1), complete=False)
    ours, theirs = make_upload(acme, photos(1)), make_upload(initech, photos(1))
    cases = {
        f"upload://{empty.pk}/": "input_empty",
        f"upload://{open_one.pk}/": "upload_not_complete",
        f"upload://{theirs.pk}/": "address_unusable",
        f"upload://{theirs.pk}/photo-0000.png": "address_unusable",
        f"upload://{empty.pk}/list.manifest": "object_missing",
        f"upload://{ours.pk}/photo-0000.png": "not_a_manifest",
        "maskwright://blobs/x": "address_unusable",
        f"upload://{empty.pk}/../x/": "address_unusable",
    }
    for uri, code in cases.items():
        assert _problems(acme, **order(acme, uri)) == {"input_uri": code}, uri


def _ready(company: Company, **changes: Any) -> LabelingJob:
    upload = make_upload(company, photos(2))
    job = order_job(company, f"upload://{upload.pk}/", **changes)
    run_messages(company, "job.intake")
    with organization_scope(company.id):
        job.refresh_from_db()
    return job


def test_job_and_queue_move_together(acme: Company) -> None:
    job = _ready(acme)
    for step, state, queue_state in (
        (start_job, JobState.IN_PROGRESS, QueueState.OPEN),
        (pause_job, JobState.PAUSED, QueueState.PAUSED),
        (resume_job, JobState.IN_PROGRESS, QueueState.OPEN),
        (stop_job, JobState.STOPPING, QueueState.STOPPING),
    ):
        with organization_scope(acme.id):
            job = step(job_id=job.pk)
        assert (job.state, _queue(acme, job).state) == (state, queue_state)
    with organization_scope(acme.id):
        move_queue(queue_id=job.work_queue_id, to=QueueState.CLOSED)
        job = advance_job(job=job, to=JobState.STOPPED)
        assert job.ended_at is not None
        assert OutboxMessage.objects.filter(topic="job.publish", key=str(job.pk)).exists()


def test_no_move_outside_of_the_table(acme: Company) -> None:
    """Every pair of states that the table does not list is refused, and changes nothing."""
    job = _ready(acme)
    for before in JobState:
        for to in JobState:
            if to in JOB_MOVES[before] or to == before:
                continue
            with organization_scope(acme.id):
                LabelingJob.objects.filter(pk=job.pk).update(state=before)
                with pytest.raises(MoveRefused):
                    advance_job(job=job, to=to)
                job.refresh_from_db()
            assert job.state == before


def test_steps_say_from_where_they_go(acme: Company) -> None:
    job = _ready(acme)
    with organization_scope(acme.id):
        for step in (pause_job, resume_job):
            with pytest.raises(MoveRefused, match="ready to start"):
                step(job_id=job.pk)


def test_starting_while_photos_are_checked_is_remembered(acme: Company) -> None:
    upload = make_upload(acme, photos(1))
    job = order_job(acme, f"upload://{upload.pk}/")
    with organization_scope(acme.id):
        assert start_job(job_id=job.pk).state == JobState.INITIALIZING
    run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        job.refresh_from_db()
        assert job.state == JobState.IN_PROGRESS


def test_a_stopped_job_takes_nothing_in(acme: Company) -> None:
    upload = make_upload(acme, photos(1))
    job = order_job(acme, f"upload://{upload.pk}/")
    with organization_scope(acme.id):
        assert stop_job(job_id=job.pk).state == JobState.STOPPED
    run_messages(acme, "job.intake")
    with organization_scope(acme.id):
        assert not WorkItem.objects.filter(work_queue_id=job.work_queue_id).exists()


def test_a_job_for_a_vendor_needs_an_accepted_grant_to_start(acme: Company) -> None:
    job = _ready(acme, work_team_id=None, for_vendor=True)
    with organization_scope(acme.id), pytest.raises(MoveRefused, match="Nobody can work"):
        start_job(job_id=job.pk)


def test_another_tenants_job_is_not_there(acme: Company, initech: Company) -> None:
    job = _ready(acme)
    for step in (start_job, pause_job, stop_job):
        with organization_scope(initech.id), pytest.raises(NotFound):
            step(job_id=job.pk)


def test_a_change_is_a_revision_for_those_who_claim_later(acme: Company) -> None:
    made = make_job(acme, objects=3)
    before = claim(acme.client("labeler")).json()
    added = {"name": "plate"}
    with organization_scope(acme.id):
        job = change_job(
            job_id=made.id, instructions="New **rule**", categories=[*CATEGORIES, added], number_of_labelers=2
        )
        assert job.revision == 2
        old, new = JobRevision.objects.filter(job=job).order_by("number")
        assert (old.instructions, len(old.categories)) == ("", 3)
        assert new.categories[3] == {"index": 4, "name": "plate", "color": "#d62728", "key": "", "description": ""}
    again = claim(acme.client("labeler")).json()
    assert (again["id"], again["revision"], len(again["categories"])) == (before["id"], 1, 3)
    other = claim(acme.client("labeler2")).json()
    assert (other["revision"], len(other["categories"])) == (2, 4)
    assert "<strong>rule</strong>" in other["template"]["instructions_html"]


@pytest.mark.parametrize(
    ("categories", "code"),
    [
        ([{**CATEGORIES[0], "index": 9}, *CATEGORIES[1:]], "reindexed"),
        (CATEGORIES[:2], "removed"),
        ([{**CATEGORIES[0], "name": "dog"}, *CATEGORIES[1:]], "renamed"),
        ([{**CATEGORIES[0], "color": "#1f77b4"}, *CATEGORIES[1:]], "duplicate_color"),
    ],
)
def test_changes_that_would_contradict_answers_are_refused(
    acme: Company, categories: list[dict[str, Any]], code: str
) -> None:
    made = make_job(acme)
    with organization_scope(acme.id), pytest.raises(Invalid) as caught:
        change_job(job_id=made.id, categories=categories)
    assert code in {field.code for field in caught.value.fields}
    with organization_scope(acme.id):
        assert JobRevision.objects.filter(job=made.job).count() == 1


def test_colours_keys_and_order_can_change(acme: Company) -> None:
    made = make_job(acme)
    changed = [{**CATEGORIES[2], "color": "#123456", "key": "q"}, CATEGORIES[0], CATEGORIES[1]]
    with organization_scope(acme.id):
        assert change_job(job_id=made.id, categories=changed).revision == 2
        assert change_job(job_id=made.id, categories=changed).revision == 2  # the same again changes nothing


def test_a_deadline_can_be_set_and_taken_away(acme: Company) -> None:
    made = make_job(acme)
    later = datetime.now(UTC) + timedelta(days=1)
    with organization_scope(acme.id):
        change_job(job_id=made.id, deadline=later)
        assert WorkQueue.objects.get(pk=made.queue.pk).deadline == later
        change_job(job_id=made.id, deadline=None)
        assert WorkQueue.objects.get(pk=made.queue.pk).deadline is None


def test_a_job_that_ended_cannot_be_changed(acme: Company) -> None:
    made = make_job(acme)
    with organization_scope(acme.id):
        stop_job(job_id=made.id)
        with pytest.raises(MoveRefused):
            change_job(job_id=made.id, title="Too late")


def test_the_rule_of_a_job_can_change_to_one_that_fits_its_answers(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=2)
    with organization_scope(acme.id):
        with pytest.raises(Invalid) as refused:
            change_job(job_id=made.id, consolidation_rule="single")
        assert [problem.code for problem in refused.value.fields] == ["needs_one_answer"]
        job = change_job(job_id=made.id, consolidation_rule="single", number_of_labelers=1)
        assert job.consolidation_rule == "single"
        with pytest.raises(Invalid):
            change_job(job_id=made.id, number_of_labelers=2)
