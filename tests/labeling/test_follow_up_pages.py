"""The managers' pages of jobs that go on from others."""

from labeling.models import LabelingJob
from labeling.services.label_sets import save_label_set
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import submit as submit_form
from tests.factories.follow_ups import first, start, take, work_through
from tests.factories.inputs import order
from tests.factories.work import submit
from tests.plugins.cast import Company

__all__ = ["first"]


def test_a_manager_goes_on_from_a_job_by_its_page(acme: Company, first: LabelingJob) -> None:
    browser = acme.browser("manager")
    page = browser.get(f"/manage/labeling/labelingjob/{first.pk}/change/").content.decode()
    url = f"/manage/labeling/labelingjob/{first.pk}/follow-up/"
    assert url in page
    shown = browser.get(url).content.decode()
    assert "Of its photos 2 have a label and 0 have none." in shown
    assert "verification: its labels are judged (2 photos)" in shown
    with organization_scope(acme.id):
        verdicts = save_label_set(name="verdicts", categories=[{"name": "clear"}, {"name": "blurry"}])
    made = submit_form(browser, url, how="verify", name="judged", verdicts=str(verdicts.pk))
    assert made.status_code == 302, made.content.decode()[:2000]
    with organization_scope(acme.id):
        job = LabelingJob.objects.get(name="judged")
        assert (job.task_type, job.prior_attribute_name) == ("verification", "first-ref")
    start(acme, job)
    client, taken = take(acme)
    assert [one["name"] for one in taken["verdicts"]] == ["clear", "blurry"]
    body = {"kind": "choice", "content": {"label": "blurry", "comment": "soft edge"}}
    assert submit(client, taken, body).status_code == 200
    work_through(acme)
    photo_page = browser.get(
        f"/manage/labeling/dataobject/{taken['task']['data_object']['id']}/change/"
    ).content.decode()
    assert "blurry: soft edge" in photo_page
    assert "Verdict" in photo_page
    assert "verify earlier labels: first-ref" in browser.get(made["Location"]).content.decode()
    # A name that is taken is told at its field.
    again = submit_form(browser, url, how="clone", name="judged")
    assert again.status_code == 200
    assert "There is a job named judged already." in again.content.decode()


def test_a_manager_orders_an_adjustment_of_any_manifest(acme: Company, first: LabelingJob) -> None:
    made = order(acme, "")
    response = submit_form(
        acme.browser("manager"),
        "/manage/labeling/labelingjob/add/",
        name="mended",
        source="address",
        input_address="maskwright://output/first/manifests/output/output.manifest",
        label_set=str(made["label_set_id"]),
        task_template=str(made["task_template_id"]),
        work_team=str(made["work_team_id"]),
        task_type="adjustment",
    )
    assert response.status_code == 302, response.content.decode()[:3000]
    with organization_scope(acme.id):
        assert LabelingJob.objects.get(name="mended").task_type == "adjustment"
