"""A job in a vendor's hands, by the API of both sides: what each may read, and until when."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import claim, flat_mask, submit
from tests.plugins.cast import Company


def _post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def _lend(customer: Company, vendor: Company, made: MadeJob, **more: Any) -> str:
    """Offered by the job, accepted, staffed with the vendor's labeler."""
    offer = _post(customer.client("manager"), f"jobs/{made.id}/grants", {"vendor": str(vendor.id), **more})
    assert offer.status_code == 201
    grant: str = offer.json()["id"]
    manager = vendor.client("manager")
    assert _post(manager, f"grants/{grant}/accept").status_code == 200
    team = make_team(vendor, [vendor.people["labeler"]])
    assert _post(manager, f"grants/{grant}/teams", {"team": str(team.pk)}).status_code == 201
    return grant


def test_an_offer_by_the_job_says_its_name(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    _post(acme.client("manager"), f"jobs/{made.id}/grants", {"vendor": str(globex.id)})
    [seen] = globex.client("manager").get("/api/v1/grants").json()["results"]
    assert seen["title"] == made.job.name
    [given] = acme.client("manager").get(f"/api/v1/jobs/{made.id}/grants").json()["results"]
    assert (given["side"], given["vendor"]["name"]) == ("given", "Globex Labeling")


def test_a_vendor_cannot_pass_a_job_on(acme: Company, globex: Company, initech: Company) -> None:
    made = make_job(acme)
    _lend(acme, globex, made)
    type(initech.organization).objects.filter(pk=initech.id).update(is_vendor=True)
    manager = globex.client("manager")
    assert _post(manager, f"jobs/{made.id}/grants", {"vendor": str(initech.id)}).status_code == 404
    body = {"work_queue": str(made.queue.pk), "vendor": str(initech.id)}
    assert _post(manager, "grants", body).status_code == 404


def test_the_vendors_manager_reads_title_instructions_and_counts_and_no_photo(acme: Company, globex: Company) -> None:
    made = make_job(acme, instructions="Paint **cats**.")
    _lend(acme, globex, made)
    body = globex.client("manager").get(f"/api/v1/granted-jobs/{made.id}").json()
    assert (body["title"], body["photos"]) == ("Paint what you see", [])
    assert "<strong>cats</strong>" in body["instructions_html"]
    assert (body["tasks"]["total"], body["tasks"]["open"]) == (2, 2)
    photo = f"/api/v1/objects/{made.tasks[0].data_object_id}/image"
    assert globex.client("manager").get(photo).status_code == 404
    assert acme.client("manager").get(photo).status_code == 200


def test_with_preview_the_manager_sees_photos_until_the_revoke(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    grant = _lend(acme, globex, made, preview=True)
    manager = globex.client("manager")
    photos = manager.get(f"/api/v1/granted-jobs/{made.id}").json()["photos"]
    assert len(photos) == 2 and manager.get(photos[0]["url"]).status_code == 200
    _post(acme.client("manager"), f"grants/{grant}/revoke")
    assert manager.get(photos[0]["url"]).status_code == 404
    assert manager.get(f"/api/v1/granted-jobs/{made.id}").status_code == 404
    assert manager.get("/api/v1/granted-jobs").json()["count"] == 0


@pytest.mark.parametrize(
    "path",
    [
        "jobs/{job}",
        "jobs/{job}/grants",
        "jobs/{job}/progress",
        "jobs/{job}/objects",
        "jobs/{job}/preflight",
        "jobs/{job}/output/manifest",
        "jobs/{job}/output/download",
        "objects/{object}",
        "objects/{object}/mask",
    ],
)
def test_what_is_the_customers_alone_does_not_exist_for_the_vendor(acme: Company, globex: Company, path: str) -> None:
    made = make_job(acme)
    _lend(acme, globex, made, preview=True)
    url = "/api/v1/" + path.format(job=made.id, object=made.tasks[0].data_object_id)
    assert globex.client("owner").get(url).status_code == 404
    assert acme.client("owner").get(url).status_code in (200, 404)
    if not url.endswith("/mask"):
        assert acme.client("owner").get(url).status_code == 200


def test_a_vendors_complete_dump_holds_nothing_it_may_not_know(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    _lend(acme, globex, made, preview=True)
    labeler = globex.client("labeler")
    assert submit(labeler, claim(labeler).json(), flat_mask(1)).status_code == 200
    manager = globex.client("owner")
    paths = ["grants", "granted-jobs", f"granted-jobs/{made.id}", "teams", "jobs", "label-sets", "templates", "uploads"]
    dump = "".join(manager.get(f"/api/v1/{path}").content.decode() for path in paths)
    for secret in ("upload://", "maskwright://", "source_ref", "blobs", "sha256", made.job.input_uri, "acme-"):
        assert secret not in dump
    assert manager.get("/api/v1/jobs").json()["count"] == 0


def test_a_customers_complete_dump_names_nobody_of_the_vendor(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    _lend(acme, globex, made)
    labeler = globex.client("labeler")
    assert submit(labeler, claim(labeler).json(), flat_mask(1)).status_code == 200
    owner = acme.client("owner")
    item = made.tasks[0].data_object_id
    paths = [f"jobs/{made.id}", f"jobs/{made.id}/objects", f"objects/{item}", f"jobs/{made.id}/grants", "grants"]
    answers = [owner.get(f"/api/v1/{path}") for path in paths]
    assert all(answer.status_code == 200 for answer in answers)
    dump = json.dumps([answer.json() for answer in answers])
    person = globex.people["labeler"]
    for secret in (str(person.pk), person.username, person.email):
        assert secret not in dump
    assert "vendor." in dump  # the pseudonym stands there instead
