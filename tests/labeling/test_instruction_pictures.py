"""Pictures in instructions: put in by a button, kept per organization, and never dropped without a word."""

import uuid
from typing import Any

import pytest
from django.test import Client

from labeling.instructions import pictures_of
from labeling.models import TaskTemplate, Upload
from labeling.services.instruction_pictures import MAX_BYTES
from labeling.services.task_templates import current_version
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import submit
from tests.factories.inputs import make_upload, order, photos
from tests.factories.jobs import make_job, photo
from tests.plugins.cast import Company

ADD = "/manage/labeling/tasktemplate/add/"
ELSEWHERE = "https://tracker.example/cat.png"


def _put(client: Client, data: bytes, name: str = "my cat (1).png") -> Any:
    url = f"/api/v1/templates/pictures?name={name}"
    return client.post(url, data, content_type="application/octet-stream")


def test_a_picture_gets_an_address_that_shows_in_instructions(acme: Company) -> None:
    client = acme.client("manager")
    first, again = _put(client, photo(6, 4)), _put(client, photo(6, 4))
    assert first.status_code == 201
    address = first.json()["address"]
    assert again.json()["address"] == address and address.endswith("-my-cat-1.png")
    assert client.get(address).content == photo(6, 4)
    shown = client.post(
        "/api/v1/templates/preview", {"instructions": f"![a cat]({address})"}, content_type="application/json"
    ).json()
    assert f'src="{address}"' in shown["html"] and shown["problems"] == []
    make_job(acme, instructions=f"![a cat]({address})")
    assert acme.client("labeler").get(address).content == photo(6, 4)


def test_pictures_are_no_photos_of_jobs(acme: Company) -> None:
    client = acme.client("manager")
    make_upload(acme, photos(1))
    address = _put(client, photo(6, 4)).json()["address"]
    collection = address.split("/")[4]
    assert [row["name"] for row in client.get("/api/v1/uploads").json()["results"]] == ["photos"]
    assert collection not in acme.browser("manager").get("/manage/labeling/upload/").content.decode()
    assert client.post(f"/api/v1/uploads/{collection}/complete").status_code == 409
    assert _put(client, photo(7, 4)).status_code == 201
    with organization_scope(acme.id):
        assert Upload.objects.filter(purpose="instructions").count() == 1


def test_what_is_no_picture_is_refused_with_a_reason(acme: Company) -> None:
    client = acme.client("manager")
    refused = _put(client, b"GIF89a nothing", "film.gif").json()
    assert refused["code"] == "invalid" and refused["fields"][0]["path"] == "picture"
    assert _put(client, b"\x89PNG" + b"0" * MAX_BYTES).json()["fields"][0]["code"] == "too_many_bytes"
    assert _put(acme.client("labeler"), photo(6, 4)).status_code == 403


def test_a_picture_elsewhere_is_an_error_that_names_it(acme: Company) -> None:
    browser = acme.browser("manager")
    text = f"Look:\n\n![cat]({ELSEWHERE})\n\n[a link]({ELSEWHERE}) is no picture."
    page = submit(browser, ADD, name="cats", title="Paint", instructions=text)
    (error,) = page.context["form"].errors["instructions"]
    assert ELSEWHERE in error and "Insert a picture" in error
    with organization_scope(acme.id):
        assert not TaskTemplate.objects.exists()


def test_a_picture_that_is_not_there_or_anothers_is_an_error(acme: Company, initech: Company) -> None:
    theirs = _put(initech.client("manager"), photo(6, 4)).json()["address"]
    nowhere = f"/api/v1/uploads/{uuid.uuid4()}/files/a.png"
    for address in (theirs, nowhere):
        page = submit(acme.browser("manager"), ADD, name="cats", title="Paint", instructions=f"![x]({address})")
        (error,) = page.context["form"].errors["instructions"]
        assert address in error
    page = submit(initech.browser("manager"), ADD, name="cats", title="Paint", instructions=f"![x]({theirs})")
    assert page.status_code == 302
    with organization_scope(initech.id):
        version = current_version(TaskTemplate.objects.get())
        assert version is not None and version.instructions == f"![x]({theirs})"


def test_a_running_job_takes_no_picture_from_elsewhere_either(acme: Company) -> None:
    made = make_job(acme)
    response = acme.client("manager").patch(
        f"/api/v1/jobs/{made.id}", {"instructions": f"![cat]({ELSEWHERE})"}, content_type="application/json"
    )
    assert response.status_code == 422
    assert [(one["path"], one["code"]) for one in response.json()["fields"]] == [("instructions", "external_picture")]


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("![a](/x.png) and ![b](<http://h/y z.png>)", ["/x.png", "http://h/y%20z.png"]),
        ("| a |\n|---|\n| ![c][ref] |\n\n[ref]: //host/c.png", ["//host/c.png"]),
        ("`![code](no)`\n\n    ![code](no)\n\n[link](no)", []),
    ],
)
def test_pictures_are_found_wherever_markdown_allows_them(markdown: str, found: list[str]) -> None:
    assert pictures_of(markdown) == found


def test_pictures_uploaded_as_photos_still_show(acme: Company) -> None:
    upload = make_upload(acme, photos(1))
    address = f"/api/v1/uploads/{upload.pk}/files/photo-0000.png"
    page = submit(acme.browser("manager"), ADD, name="cats", title="Paint", instructions=f"![x]({address})")
    assert page.status_code == 302
    assert order(acme, f"upload://{upload.pk}/")["label_set_id"]
