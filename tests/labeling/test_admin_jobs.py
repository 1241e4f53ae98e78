"""Labeling jobs in the managers' admin: make one, watch and steer it, change it while it runs, look at one photo."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labeling.models import DataObject, JobRevision, LabelingJob, Task
from labeling.services.tasks import advance_task
from labeling.states import TaskState
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import post, submit
from tests.factories.inputs import make_upload, order, order_job, photos, run_messages
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import claim, flat_mask
from tests.factories.work import submit as submit_answer
from tests.plugins.cast import Company

ADD = "/manage/labeling/labelingjob/add/"


def _job_page(job_id: uuid.UUID, page: str = "change/") -> str:
    return f"/manage/labeling/labelingjob/{job_id}/{page}"


def _state(company: Company, job_id: uuid.UUID) -> str:
    with organization_scope(company.id):
        return str(LabelingJob.objects.get(pk=job_id).state)


def _form(company: Company, **changes: Any) -> dict[str, Any]:
    """Fields of a job that can be made, from an upload."""
    upload = make_upload(company, photos(2))
    made = order(company, f"upload://{upload.pk}/")
    return {
        "name": "street-1",
        "source": "upload",
        "upload": str(upload.pk),
        "label_set": str(made["label_set_id"]),
        "task_template": str(made["task_template_id"]),
        "work_team": str(made["work_team_id"]),
    } | changes


def test_a_job_is_made_from_an_upload_and_its_photos_are_checked(acme: Company) -> None:
    data = _form(acme, start_when_ready=None, number_of_labelers="2")
    response = submit(acme.browser("manager"), ADD, **data)
    assert response.status_code == 302
    with organization_scope(acme.id):
        job = LabelingJob.objects.get()
    assert (job.name, job.input_uri) == ("street-1", f"upload://{data['upload']}/")
    assert response["Location"] == _job_page(job.pk)
    run_messages(acme, "job.intake")
    assert _state(acme, job.pk) == "ready"
    page = acme.browser("manager").get(response["Location"]).content.decode()
    assert f'<mw-job-progress job="{job.pk}" state="ready">' in page and "Start" in page


def test_all_problems_of_the_fields_show_at_once(acme: Company) -> None:
    data = _form(acme, name="", number_of_labelers="99", max_concurrent="0", deadline="tomorrow", upload=None)
    page = submit(acme.browser("manager"), ADD, **data)
    wrong = {"name", "number_of_labelers", "max_concurrent", "deadline", "upload"}
    assert set(page.context["form"].errors) == wrong


def test_the_services_refusals_land_on_their_fields_and_nothing_is_made(acme: Company) -> None:
    data = _form(acme, name="street 1", output_address="s3://nowhere/", deadline="2020-01-01T10:00")
    page = submit(acme.browser("manager"), ADD, **data)
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"name", "output_address", "deadline"}
    assert "<details" in page.content.decode().split("More settings")[0][-200:]
    assert " open>" in page.content.decode().split("More settings")[0][-200:]
    with organization_scope(acme.id):
        assert not LabelingJob.objects.exists() and not JobRevision.objects.exists()


@pytest.mark.parametrize("field", ["label_set", "task_template", "work_team", "upload"])
def test_a_strangers_things_cannot_be_chosen(acme: Company, initech: Company, field: str) -> None:
    foreign = _form(initech)[field]
    page = submit(acme.browser("manager"), ADD, **_form(acme, **{field: foreign}))
    assert set(page.context["form"].errors) == {field}
    with organization_scope(acme.id):
        assert not LabelingJob.objects.exists()


def test_a_job_is_started_paused_resumed_and_stopped(acme: Company) -> None:
    made, browser = make_job(acme, start=False), acme.browser("manager")
    for action, state in (
        ("start", "in_progress"),
        ("pause", "paused"),
        ("resume", "in_progress"),
        ("stop", "stopping"),
    ):
        assert f"do/{action}/" in browser.get(_job_page(made.id)).content.decode()
        assert browser.get(_job_page(made.id, f"do/{action}/")).status_code == 200
        assert _state(acme, made.id) != state
        assert post(browser, _job_page(made.id, f"do/{action}/")).status_code == 302
        assert _state(acme, made.id) == state


def test_what_a_state_does_not_allow_is_said(acme: Company) -> None:
    made, browser = make_job(acme, start=False), acme.browser("manager")
    assert "do/pause/" not in browser.get(_job_page(made.id)).content.decode()
    response = browser.get(_job_page(made.id))
    response = browser.post(
        _job_page(made.id, "do/pause/"), {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}, follow=True
    )
    assert "Only a job that is in progress can be paused" in response.content.decode()
    assert _state(acme, made.id) == "ready"


@pytest.mark.parametrize("who", ["auditor", "reviewer"])
def test_readers_see_the_console_and_move_nothing(acme: Company, who: str) -> None:
    made, browser = make_job(acme), acme.browser(who)
    page = browser.get(_job_page(made.id))
    assert page.status_code == 200 and "do/pause/" not in page.content.decode()
    token = {"csrfmiddlewaretoken": acme.browser("manager").get(ADD).cookies["csrftoken"].value}
    browser.cookies["csrftoken"] = token["csrfmiddlewaretoken"]
    assert browser.post(_job_page(made.id, "do/pause/"), token).status_code == 403
    assert browser.get(_job_page(made.id, "edit/")).status_code == 403
    assert browser.get(_job_page(made.id, "offers/")).status_code == 403
    assert _state(acme, made.id) == "in_progress"


def test_a_running_job_is_changed_as_a_new_revision(acme: Company) -> None:
    made, browser = make_job(acme, labelers=3), acme.browser("manager")
    changes = {
        "title": "Paint cats only",
        "number_of_labelers": "2",
        "categories-0-color": "#ff0000",
        "categories-3-name": "dog",
        "deadline": "2099-01-01T10:00",
    }
    response = submit(browser, _job_page(made.id, "edit/"), **changes)
    assert response.status_code == 302
    with organization_scope(acme.id):
        job = LabelingJob.objects.select_related("work_queue").get(pk=made.id)
        revision = JobRevision.objects.get(job=job, number=2)
    assert (job.revision, job.work_queue.labelers_wanted, revision.title) == (2, 2, "Paint cats only")
    assert [one["name"] for one in revision.categories] == ["cat", "cup", "vase", "dog"]
    assert revision.categories[0]["color"] == "#ff0000" and revision.categories[3]["index"] == 4
    assert job.work_queue.deadline.isoformat() == "2099-01-01T10:00:00+00:00"


def test_a_name_or_index_of_a_running_job_stays(acme: Company) -> None:
    made, browser = make_job(acme), acme.browser("manager")
    page = submit(browser, _job_page(made.id, "edit/"), **{"categories-0-name": "dog", "title": "New"})
    assert page.status_code == 200
    assert "Index 1 is &#x27;cat&#x27; in this job" in page.content.decode()
    with organization_scope(acme.id):
        assert LabelingJob.objects.get(pk=made.id).revision == 1


def test_two_managers_do_not_undo_each_other(acme: Company) -> None:
    made, browser = make_job(acme), acme.browser("manager")
    submit(browser, _job_page(made.id, "edit/"), title="First")
    page = submit(browser, _job_page(made.id, "edit/"), title="Second", seen="1")
    assert "Somebody changed the job meanwhile" in page.content.decode()


def test_the_preflight_report_leads_to_the_photos_of_each_reason(acme: Company) -> None:
    files = {**photos(2), "broken.jpg": b"no picture", "empty.png": b""}
    job = order_job(acme, f"upload://{make_upload(acme, files).pk}/")
    run_messages(acme, "job.intake")
    browser = acme.browser("manager")
    page = browser.get(_job_page(job.pk))
    assert {str(words): number for words, number, _url in page.context["reasons"]} == {
        "not an image": 1,
        "empty file": 1,
    }
    url = next(url for words, _number, url in page.context["reasons"] if str(words) == "empty file")
    listed = browser.get(url).content.decode()
    assert "empty.png" in listed and "broken.jpg" not in listed and "photo-0000.png" not in listed


def test_a_job_that_failed_says_why_and_is_checked_again(acme: Company) -> None:
    job = order_job(acme, f"upload://{make_upload(acme, {'a.png': b'no picture'}).pk}/")
    run_messages(acme, "job.intake")
    browser = acme.browser("manager")
    assert "None of the 1 photos can be used" in browser.get(_job_page(job.pk)).content.decode()
    assert "None of the 1 photos can be used" in browser.get("/manage/").content.decode()
    post(browser, _job_page(job.pk, "do/check/"))
    assert _state(acme, job.pk) == "initializing"


@pytest.fixture
def answered(acme: Company) -> MadeJob:
    """One photo with two answers, consolidated."""
    made = make_job(acme, objects=1, labelers=2)
    for who, index in (("labeler", 1), ("labeler2", 2)):
        client = acme.client(who)
        assert submit_answer(client, claim(client).json(), flat_mask(index)).status_code == 200
    for topic in ("work.item_answered", "task.consolidate"):
        run_messages(acme, topic)
    return made


def test_a_photo_shows_every_answer_the_mask_and_the_disagreement(acme: Company, answered: MadeJob) -> None:
    browser = acme.browser("manager")
    page = browser.get(f"/manage/labeling/dataobject/{answered.tasks[0].data_object_id}/change/")
    viewer = page.context["viewer"]
    assert [layer["kind"] for layer in viewer["layers"]] == ["mask", "disagreement", "mask", "mask"]
    for layer in viewer["layers"]:
        assert browser.get(layer["url"])["Content-Type"] == "image/png"
    assert browser.get(viewer["image"])["Content-Type"] == "image/png"
    text = page.content.decode()
    assert 'id="object-viewer"' in text and text.count("accepted") >= 2
    assert "acme-labeler" in text.split("<h2>History")[0]  # who they are is known to their own managers
    assert browser.get(_job_page(answered.id)).context["archive_url"]


def test_a_failed_photo_says_why_and_is_tried_again(acme: Company, answered: MadeJob) -> None:
    with organization_scope(acme.id):
        task = Task.objects.get(pk=answered.tasks[0].pk)
        assert advance_task(task=task, to=TaskState.CONSOLIDATING)
        assert advance_task(task=task, to=TaskState.FAILED, code="broken", reason="The masks could not be read.")
    browser, url = acme.browser("manager"), f"/manage/labeling/dataobject/{task.data_object_id}/"
    assert "The masks could not be read." in browser.get(url + "change/").content.decode()
    assert "The masks could not be read." in browser.get(_job_page(answered.id)).content.decode()
    assert "One photo failed." in browser.get("/manage/").content.decode()
    post(browser, url + "do/retry/")
    with organization_scope(acme.id):
        assert Task.objects.get(pk=task.pk).state == TaskState.CONSOLIDATING
    assert "Data object retried" in browser.get(url + "history/").content.decode()


def test_a_photo_without_failure_offers_no_retry(acme: Company) -> None:
    task = make_job(acme, objects=1).tasks[0]
    url = f"/manage/labeling/dataobject/{task.data_object_id}/"
    assert "do/retry/" not in acme.browser("manager").get(url + "change/").content.decode()


def test_the_list_of_photos_narrows_by_job_state_and_name(acme: Company) -> None:
    first, second = make_job(acme, objects=3), make_job(acme, objects=2, start=False)
    browser, url = acme.browser("manager"), "/manage/labeling/dataobject/"
    assert browser.get(url).context["cl"].result_count == 5
    assert browser.get(f"{url}?job={second.id}").context["cl"].result_count == 2
    assert browser.get(f"{url}?job={first.id}&state=open&q=photo-1").context["cl"].result_count == 1
    assert browser.get(f"{url}?state=open").context["cl"].result_count == 3
    assert browser.get(f"{url}?job=nonsense").context["cl"].result_count == 0


def _statements(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page", ["labeling/labelingjob/", "labeling/dataobject/", ""])
def test_lists_ask_as_often_for_many_rows_as_for_few(acme: Company, page: str) -> None:
    browser, url = acme.browser("manager"), f"/manage/{page}"
    make_job(acme, objects=2)
    browser.get(url)
    few = _statements(browser, url)
    for _ in range(4):
        make_job(acme, objects=6)
    assert _statements(browser, url) == few
    assert few <= 20


def test_library_lists_ask_as_often_for_many_rows_as_for_few(acme: Company) -> None:
    browser = acme.browser("manager")
    urls = [
        f"/manage/{page}/"
        for page in ("labeling/labelset", "labeling/tasktemplate", "labeling/upload", "workforce/workteam")
    ]
    order(acme, f"upload://{make_upload(acme, photos(1)).pk}/")
    for url in urls:
        browser.get(url)
    few = [_statements(browser, url) for url in urls]
    for _ in range(4):
        order(acme, f"upload://{make_upload(acme, photos(2)).pk}/")
    assert [_statements(browser, url) for url in urls] == few
    assert max(few) <= 20


def test_the_console_costs_the_same_for_many_photos(acme: Company) -> None:
    small, big, browser = make_job(acme, objects=1), make_job(acme, objects=40), acme.browser("manager")
    browser.get(_job_page(small.id))
    assert _statements(browser, _job_page(big.id)) == _statements(browser, _job_page(small.id))


def test_an_empty_organization_is_led_to_its_first_job(acme: Company) -> None:
    browser = acme.browser("manager")
    page = browser.get("/manage/").content.decode()
    assert "No labeling job yet" in page and page.count("<li>") >= 5
    assert "New label set" not in acme.browser("auditor").get("/manage/").content.decode()
    make_job(acme)
    page = browser.get("/manage/").content.decode()
    assert "No labeling job yet" not in page and "Under way" in page


def test_the_overview_says_what_waits_for_somebody(acme: Company, initech: Company) -> None:
    make_job(initech, start=False)
    assert "waits for its start" not in acme.browser("manager").get("/manage/").content.decode()
    make_job(acme, start=False)
    assert "waits for its start" in acme.browser("manager").get("/manage/").content.decode()


def test_pages_of_one_photo_lead_to_its_neighbours(acme: Company) -> None:
    made = make_job(acme, objects=3)
    with organization_scope(acme.id):
        first, middle, last = DataObject.objects.filter(job=made.job).order_by("index")
    page = acme.browser("manager").get(f"/manage/labeling/dataobject/{middle.pk}/change/")
    neighbours = page.context["neighbours"]
    assert (neighbours["previous"].pk, neighbours["next"].pk) == (first.pk, last.pk)
