"""Uploads and storage connections in the managers' admin."""

from pathlib import Path
from typing import Any

import pytest

from labeling.models import StorageConnection, Upload
from labeling.services.storage_connections import save_storage_connection
from labeling.storage.connections import unseal
from maskwright.core.scope import organization_scope
from tests.factories.admin_client import post, submit
from tests.factories.inputs import make_upload, order_job, photos
from tests.plugins.cast import Company

ADD = "/manage/labeling/storageconnection/add/"


def _page(connection: StorageConnection, page: str = "change/") -> str:
    return f"/manage/labeling/storageconnection/{connection.pk}/{page}"


def _stored(company: Company) -> StorageConnection:
    with organization_scope(company.id):
        return StorageConnection.objects.get()


def test_an_upload_begins_with_a_name_and_shows_the_element(acme: Company) -> None:
    browser = acme.browser("manager")
    response = submit(browser, "/manage/labeling/upload/add/", name="street photos")
    with organization_scope(acme.id):
        upload = Upload.objects.get()
    assert response["Location"] == f"/manage/labeling/upload/{upload.pk}/change/"
    page = browser.get(response["Location"]).content.decode()
    assert f'<mw-upload upload="{upload.pk}"' in page
    assert "<mw-upload" not in acme.browser("auditor").get(response["Location"]).content.decode()


def test_a_complete_upload_lists_its_files_and_leads_to_a_job(acme: Company) -> None:
    upload = make_upload(acme, photos(120))
    browser, url = acme.browser("manager"), f"/manage/labeling/upload/{upload.pk}/change/"
    page = browser.get(url).content.decode()
    assert "<mw-upload" not in page and "photo-0000.png" in page and "photo-0119.png" not in page
    assert "photo-0119.png" in browser.get(f"{url}?p=2").content.decode()
    form = browser.get(f"/manage/labeling/labelingjob/add/?upload={upload.pk}").context["form"]
    assert (form["source"].value(), form["upload"].value()) == ("upload", str(upload.pk))


def test_an_upload_can_be_finished_without_a_script(acme: Company) -> None:
    upload = make_upload(acme, photos(1), complete=False)
    post(acme.browser("manager"), f"/manage/labeling/upload/{upload.pk}/do/complete/")
    with organization_scope(acme.id):
        assert Upload.objects.get(pk=upload.pk).completed_at is not None


def test_credentials_go_in_and_never_come_out(acme: Company) -> None:
    browser = acme.browser("manager")
    secrets = {"access_key": "AKIDEXAMPLE", "secret_key": "hush-hush-hush"}
    response = submit(browser, ADD, name="bucket", kind="s3", container="photos-of-acme", **secrets)
    assert response.status_code == 302
    stored = _stored(acme)
    assert unseal(stored) == secrets
    for page in ("change/", "history/", "do/test/", "do/remove/"):
        text = browser.get(_page(stored, page)).content.decode()
        assert "AKIDEXAMPLE" not in text and "hush-hush" not in text
    assert submit(browser, _page(stored), name="renamed").status_code == 302
    assert unseal(_stored(acme)) == secrets  # left empty: kept


def test_a_refused_form_does_not_send_the_secret_back(acme: Company) -> None:
    page = submit(
        acme.browser("manager"), ADD, name="", kind="s3", container="x", access_key="A", secret_key="hush-hush"
    )
    assert page.status_code == 200 and "hush-hush" not in page.content.decode()


def test_credentials_do_not_follow_to_another_endpoint(acme: Company, settings: Any) -> None:
    settings.STORAGE_ENDPOINTS = ["a.example", "b.example"]
    with organization_scope(acme.id):
        stored = save_storage_connection(
            name="bucket", kind="s3", container="photos", credentials={"access_key": "a", "secret_key": "b"}
        )
    page = submit(acme.browser("manager"), _page(stored), endpoint="https://b.example")
    assert page.status_code == 200 and "Enter the credentials again" in page.content.decode()
    assert _stored(acme).endpoint == ""


def test_all_problems_show_at_once(acme: Company) -> None:
    data = {"name": "", "kind": "s3", "container": "", "endpoint": "no address", "region": ""}
    page = submit(acme.browser("manager"), ADD, **data)
    assert set(page.context["form"].errors) == {"name", "container", "endpoint"}
    page = submit(acme.browser("manager"), ADD, name="b", kind="s3", container="b!", region="EU West", secret_key="x")
    form = page.context["form"]
    assert {"container", "region"} <= set(form.errors)
    assert "Enter both the access key and the secret key" in page.content.decode()


@pytest.fixture
def folder(acme: Company, settings: Any, tmp_path: Path) -> StorageConnection:
    settings.LOCAL_STORAGE_ROOTS = [str(tmp_path)]
    place = tmp_path / str(acme.id)
    place.mkdir()
    with organization_scope(acme.id):
        return save_storage_connection(name="folder", kind="local", container=str(place))


def test_the_test_button_says_what_works(acme: Company, folder: StorageConnection) -> None:
    browser = acme.browser("manager")
    post(browser, _page(folder, "do/test/"))
    assert "Everything works." in browser.get(_page(folder)).content.decode()
    Path(folder.container).rmdir()
    Path(folder.container).write_text("no folder any more")
    post(browser, _page(folder, "do/test/"))
    page = browser.get(_page(folder)).content.decode()
    assert "Everything works." not in page
    assert "does not work" in browser.get("/manage/labeling/storageconnection/").content.decode()


def test_a_connection_in_use_stays_and_an_unused_one_goes(acme: Company, folder: StorageConnection) -> None:
    browser = acme.browser("manager")
    order_job(acme, f"upload://{make_upload(acme, photos(1)).pk}/", output_uri=f"file://{folder.container}/out/")
    browser.get(_page(folder, "do/remove/"))
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    page = browser.post(_page(folder, "do/remove/"), token, follow=True)
    assert "uses this connection" in page.content.decode()
    with organization_scope(acme.id):
        unused = save_storage_connection(name="unused", kind="s3", container="unused")
    response = browser.post(_page(unused, "do/remove/"), token)
    assert response["Location"] == "/manage/labeling/storageconnection/"
    assert _stored(acme).name == "folder"
