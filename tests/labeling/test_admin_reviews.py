"""Review in the managers' admin: who reviews how much of a job; a photo's verdicts, comments and earlier masks."""

import re
from typing import Any

from labeling.masks import decode_mask
from labeling.models import LabelingJob, Task
from labeling.services.consolidation import consolidate_task
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import submit
from tests.factories.inputs import make_upload, order, photos
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import claim, flat_mask
from tests.factories.work import submit as submit_answer
from tests.plugins.cast import Company
from workforce.services.items import settle_item

JOB = "/manage/labeling/labelingjob/"
COMMENT = {"x": 3.0, "y": 4.5, "text": "This is the <cat>."}


def _settle(company: Company, made: MadeJob) -> None:
    for task in made.tasks:
        with organization_scope(company.id):
            settle_item(item_id=task.work_item_id)
        consolidate_task(organization_id=company.id, task_id=task.pk)


def _answer(company: Company, made: MadeJob, who: str, answer: Any) -> None:
    client = company.client(who)
    assert submit_answer(client, claim(client).json(), answer).status_code == 200
    _settle(company, made)


def _reviewed(company: Company) -> MadeJob:
    """One photo: sent back with a comment, labeled again, then repainted by its reviewer."""
    made = make_job(company, objects=1, labelers=1, reviewers=("reviewer",))
    _answer(company, made, "labeler", flat_mask(1))
    verdict = {"verdict": "return", "reason": "The ears are missing.", "comments": [COMMENT], "to": "same"}
    _answer(company, made, "reviewer", {"kind": "review", "content": verdict})
    _answer(company, made, "labeler", flat_mask(2))
    _answer(company, made, "reviewer", flat_mask(3))
    return made


def test_a_job_is_made_with_a_review_team_and_its_share(acme: Company) -> None:
    team = make_team(acme, [acme.people["reviewer"]], "reviewers")
    upload = make_upload(acme, photos(1))
    made = order(acme, f"upload://{upload.pk}/")
    fields = {
        "name": "street-1",
        "source": "upload",
        "upload": str(upload.pk),
        "label_set": str(made["label_set_id"]),
        "task_template": str(made["task_template_id"]),
        "work_team": str(made["work_team_id"]),
        "review_team": str(team.pk),
        "review_percent": "25",
    }
    response = submit(acme.browser("manager"), JOB + "add/", **fields)
    assert response.status_code == 302, response.context["form"].errors
    with organization_scope(acme.id):
        job = LabelingJob.objects.select_related("work_queue").get()
    assert (job.review_share, job.work_queue.review_team_id) == (0.25, team.pk)
    page = acme.browser("manager").get(response["Location"]).content.decode()
    assert "25% of the masks by" in page and "reviewers" in page


def test_a_wrong_share_is_told_at_its_field(acme: Company) -> None:
    team = make_team(acme, [acme.people["reviewer"]], "reviewers")
    page = submit(acme.browser("manager"), JOB + "add/", review_team=str(team.pk), review_percent="101")
    assert "review_percent" in page.context["form"].errors


def test_the_review_of_a_running_job_changes_and_ends(acme: Company) -> None:
    made = make_job(acme, objects=1)
    team = make_team(acme, [acme.people["reviewer"]], "reviewers")
    browser = acme.browser("manager")
    address = f"{JOB}{made.id}/edit/"
    assert submit(browser, address, review_team=str(team.pk), review_percent="50").status_code == 302
    with organization_scope(acme.id):
        job = LabelingJob.objects.select_related("work_queue").get(pk=made.id)
    assert (job.review_share, job.work_queue.review_team_id) == (0.5, team.pk)
    assert submit(browser, address, review_team="").status_code == 302
    with organization_scope(acme.id):
        job = LabelingJob.objects.select_related("work_queue").get(pk=made.id)
    assert (job.review_share, job.work_queue.review_team_id) == (0.0, None)


def test_a_photos_page_tells_its_reviews_with_comments_at_their_places(acme: Company) -> None:
    made = _reviewed(acme)
    item = made.tasks[0].data_object
    response = acme.browser("manager").get(f"/manage/labeling/dataobject/{item.pk}/change/")
    first, second = response.context["reviews"]
    assert (first["round"], first["reason"], first["comments"]) == (1, "The ears are missing.", [COMMENT])
    assert second["round"] == 2 and "repainted" in second["verdict"]
    layers = response.context["viewer"]["layers"]
    (pinned,) = [layer["comments"] for layer in layers if layer["kind"] == "comments"]
    assert pinned == [COMMENT]
    assert sum("sent back" in layer["name"] for layer in layers) == 1
    page = response.content.decode()
    assert "This is the &lt;cat&gt;." in page and "The ears are missing." in page
    assert len(response.context["answers"]) == 2, "verdicts are no answers"


def test_every_version_of_the_mask_can_be_looked_at(acme: Company, globex: Company) -> None:
    made = _reviewed(acme)
    item = made.tasks[0].data_object
    manager = acme.client("manager")
    detail = manager.get(f"/api/v1/objects/{item.pk}").json()
    assert [version["is_current"] for version in detail["versions"]] == [True, False, False]
    shown = [_index(b"".join(manager.get(version["mask_url"]))) for version in detail["versions"]]
    assert shown == [3, 2, 1]
    page = acme.browser("manager").get(f"/manage/labeling/dataobject/{item.pk}/change/").content.decode()
    links = re.findall(r'href="(/api/v1/objects/[^"]+generation=\d+)"', page)
    assert len(links) == 3
    oldest = detail["versions"][-1]["mask_url"]
    assert globex.client("manager").get(oldest).status_code == 404
    for wrong in ("99", "x", "-1", "9" * 40):
        assert manager.get(f"/api/v1/objects/{item.pk}/mask?generation={wrong}").status_code == 404


def _index(png: bytes) -> int:
    (index,) = set(decode_mask(png, width=12, height=8, known_indices=[1, 2, 3]).indices.ravel().tolist())
    return int(index)


def test_the_job_counts_what_waits_for_its_review(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1, reviewers=("reviewer",))
    _answer(acme, made, "labeler", flat_mask(1))
    with organization_scope(acme.id):
        assert Task.objects.get(pk=made.tasks[0].pk).state == "reviewing"
    progress = acme.client("manager").get(f"/api/v1/jobs/{made.id}/progress").json()
    assert progress["tasks"]["reviewing"] == 1
