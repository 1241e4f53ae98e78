"""Uploads through the API."""

import hashlib
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from labeling.models import UploadedFile
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope
from tests.factories.jobs import photo
from tests.plugins.cast import Company


def _begin(client: Client, name: str = "May") -> str:
    response = client.post("/api/v1/uploads", {"name": name}, content_type="application/json")
    assert response.status_code == 201
    return str(response.json()["id"])


def _put(client: Client, upload: str, name: str, data: bytes, sha256: str | None = None) -> Any:
    headers = {"X-Content-SHA256": hashlib.sha256(data).hexdigest() if sha256 is None else sha256}
    return client.generic(
        "PUT",
        f"/api/v1/uploads/{upload}/files",
        data,
        content_type="application/octet-stream",
        headers=headers,
        query_params={"name": name},
    )


def test_a_folder_is_uploaded_file_by_file(acme: Company) -> None:
    client = acme.client("manager")
    upload = _begin(client)
    for name in ("street/a.png", "street/b.png", "list.manifest"):
        assert _put(client, upload, name, name.encode()).status_code == 201
    page = client.get(f"/api/v1/uploads/{upload}?limit=2").json()
    assert (page["file_count"], page["total_bytes"], page["uri"]) == (3, 37, f"upload://{upload}/")
    assert [entry["name"] for entry in page["files"]] == ["street/a.png", "street/b.png"]
    rest = client.get(page["next"]).json()
    assert ([entry["name"] for entry in rest["files"]], rest["next"]) == (["list.manifest"], None)
    done = client.post(f"/api/v1/uploads/{upload}/complete")
    assert done.json()["completed_at"] is not None
    late = _put(client, upload, "c.png", b"late")
    assert (late.status_code, late.json()["code"]) == (409, "upload_completed")
    assert client.post(f"/api/v1/uploads/{upload}/complete").status_code == 200


def test_sending_again_changes_nothing_and_other_bytes_replace(acme: Company) -> None:
    client = acme.client("manager")
    upload = _begin(client)
    assert [_put(client, upload, "a.png", data).status_code for data in (b"one", b"one", b"two")] == [201, 200, 200]
    with organization_scope(acme.id):
        (stored,) = UploadedFile.objects.filter(upload_id=upload)
        assert blob_store().get(blob_key(acme.id, stored.sha256)) == b"two"


def test_damaged_files_are_not_kept(acme: Company) -> None:
    client = acme.client("manager")
    upload = _begin(client)
    damaged = _put(client, upload, "a.png", b"bytes", "0" * 64)
    assert (damaged.status_code, damaged.json()["code"]) == (422, "checksum_mismatch")
    assert _put(client, upload, "a.png", b"bytes", "nonsense").json()["fields"][0]["code"] == "bad_checksum"
    assert client.get(f"/api/v1/uploads/{upload}").json()["files"] == []
    assert _put(client, upload, "a.png", b"bytes", "").status_code == 201


def test_files_have_a_size_limit(acme: Company, settings: Settings) -> None:
    settings.IMAGE_MAX_BYTES = 10
    client = acme.client("manager")
    upload = _begin(client)
    assert _put(client, upload, "a.png", b"x" * 10).status_code == 201
    response = _put(client, upload, "b.png", b"x" * 11)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert _put(client, upload, "list.jsonl", b"x" * 11).status_code == 201


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "bad_name"),
        ("x" * 500 + ".png", "bad_name"),
        ("a\nb.png", "bad_name"),
        ("../a.png", "bad_path"),
        ("a/../../b.png", "bad_path"),
        ("/etc/a.png", "bad_path"),
        ("a//b.png", "bad_path"),
        ("a/./b.png", "bad_path"),
        ("a\\b.png", "bad_path"),
        ("run.exe", "unsupported_file"),
        ("page.svg", "unsupported_file"),
        ("page.html", "unsupported_file"),
    ],
)
def test_names_that_are_refused(acme: Company, name: str, code: str) -> None:
    client = acme.client("manager")
    response = _put(client, _begin(client), name, b"x")
    assert (response.status_code, response.json()["fields"][0]["code"]) == (422, code)


def test_names_that_are_taken(acme: Company) -> None:
    client = acme.client("manager")
    upload = _begin(client)
    for name in ("Straße/Käse ♥.JPG", "a..b.png", "a&b=c#d?.jpeg"):
        assert _put(client, upload, name, b"x").status_code == 201, name
    listed = client.get(f"/api/v1/uploads/{upload}").json()["files"]
    assert listed[0]["name"] == "Straße/Käse ♥.JPG"


def test_an_upload_is_anothers_404(acme: Company, initech: Company) -> None:
    upload = _begin(acme.client("manager"))
    for company, expected in ((initech, (404, 404, 404)), (acme, (201, 200, 200))):
        client = company.client("manager")
        found = (
            _put(client, upload, "a.png", photo(2, 2)).status_code,
            client.get(f"/api/v1/uploads/{upload}").status_code,
            client.get(f"/api/v1/uploads/{upload}/files/a.png").status_code,
        )
        assert found == expected
    assert initech.client("manager").post(f"/api/v1/uploads/{upload}/complete").status_code == 404
    assert acme.client("manager").post(f"/api/v1/uploads/{upload}/complete").status_code == 200


def test_equal_bytes_of_two_organizations_are_two_blobs(acme: Company, initech: Company) -> None:
    for company in (acme, initech):
        client = company.client("manager")
        _put(client, _begin(client), "a.png", b"same")
    digest = hashlib.sha256(b"same").hexdigest()
    for company in (acme, initech):
        assert blob_store().exists(blob_key(company.id, digest))
        assert str(company.id) in blob_key(company.id, digest)


def test_what_is_no_photo_is_never_shown(acme: Company) -> None:
    client = acme.client("manager")
    upload = _begin(client)
    _put(client, upload, "page.png", b"<html><script>alert(1)</script>")
    assert client.get(f"/api/v1/uploads/{upload}/files/page.png").status_code == 404


def test_a_browser_needs_the_csrf_token(acme: Company) -> None:
    upload = _begin(acme.client("manager"))
    response = _put(acme.browser("manager"), upload, "a.png", b"x")
    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")


def test_labelers_upload_nothing(acme: Company) -> None:
    response = acme.client("labeler").post("/api/v1/uploads", {"name": "x"}, content_type="application/json")
    assert response.status_code == 403
