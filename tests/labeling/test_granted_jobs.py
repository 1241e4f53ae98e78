"""What a vendor's people see of a customer's job through the management API."""

import uuid
from typing import Any

from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job, photo
from tests.factories.work import bytes_of
from tests.plugins.cast import Company
from workforce.services.grants import accept_grant, offer_grant, revoke_grant


def _grant(customer: Company, vendor: Company, made: MadeJob, *, preview: bool) -> uuid.UUID:
    with organization_scope(customer.id):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=vendor.id, preview=preview)
    with organization_scope(vendor.id):
        accept_grant(grant_id=grant.pk)
    return grant.pk


def _get(company: Company, path: str, who: str = "manager") -> Any:
    return company.client(who).get(f"/api/v1/{path}")


def test_title_instructions_and_counts_but_no_photo(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=2, instructions="Paint **all**.")
    _grant(acme, globex, made, preview=False)
    assert [row["id"] for row in _get(globex, "granted-jobs").json()["results"]] == [str(made.id)]
    body = _get(globex, f"granted-jobs/{made.id}").json()
    assert (body["title"], body["preview"], body["photos"]) == ("Paint what you see", False, [])
    assert (body["instructions_html"], body["tasks"]["total"]) == ("<p>Paint <strong>all</strong>.</p>\n", 2)
    assert "upload://" not in str(body)
    image = f"objects/{made.tasks[0].data_object_id}/image"
    assert _get(globex, image).status_code == 404
    assert _get(acme, image).status_code == 200


def test_photos_when_the_grant_allows_preview_until_it_is_revoked(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=2)
    grant = _grant(acme, globex, made, preview=True)
    photos = _get(globex, f"granted-jobs/{made.id}").json()["photos"]
    assert [entry["index"] for entry in photos] == [0, 1]
    shown = globex.client("manager").get(photos[0]["url"])
    assert (shown.status_code, bytes_of(shown)) == (200, photo(12, 8, 40))
    assert globex.client("labeler").get(photos[0]["url"]).status_code == 403
    with organization_scope(acme.id):
        revoke_grant(grant_id=grant)
    assert globex.client("manager").get(photos[0]["url"]).status_code == 404
    assert _get(globex, f"granted-jobs/{made.id}").status_code == 404


def test_a_grant_manages_nothing(acme: Company, globex: Company) -> None:
    """The vendor can read the job's row, which must not open the customer's side of the API."""
    made = make_job(acme, objects=1)
    _grant(acme, globex, made, preview=True)
    item = made.tasks[0].data_object_id
    for tail in ("", "/progress", "/objects", "/preflight", "/output/manifest", "/output/download"):
        assert _get(globex, f"jobs/{made.id}{tail}").status_code == 404, tail
        assert _get(acme, f"jobs/{made.id}{tail}").status_code == 200, tail
    assert _get(globex, f"objects/{item}").status_code == 404
    assert _get(acme, f"objects/{item}").status_code == 200
    assert _get(globex, "jobs").json()["count"] == 0
    for step in ("pause", "stop"):
        assert globex.client("manager").post(f"/api/v1/jobs/{made.id}/{step}").status_code == 404
        assert acme.client("manager").post(f"/api/v1/jobs/{made.id}/{step}").status_code == 200


def test_another_vendor_sees_nothing(acme: Company, globex: Company, initech: Company) -> None:
    made = make_job(acme, objects=1)
    _grant(acme, globex, made, preview=True)
    for company, status in ((initech, 404), (globex, 200)):
        assert _get(company, f"granted-jobs/{made.id}").status_code == status


def test_an_open_offer_shows_nothing_yet(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=1)
    with organization_scope(acme.id):
        offer_grant(queue_id=made.queue.pk, vendor_id=globex.id, preview=True)
    assert _get(globex, f"granted-jobs/{made.id}").status_code == 404


def test_a_vendors_labeler_sees_the_pictures_of_the_instructions(acme: Company, globex: Company) -> None:
    manager = acme.client("manager")
    upload = manager.post("/api/v1/uploads", {"name": "help"}, content_type="application/json").json()["id"]
    base = f"/api/v1/uploads/{upload}/files"
    for name in ("how.png", "secret.png"):
        manager.put(f"{base}?name={name}", photo(3, 2), content_type="application/octet-stream")
    made = make_job(acme, instructions=f"![how]({base}/how.png)")
    assert globex.client("labeler").get(f"{base}/how.png").status_code == 404
    _grant(acme, globex, made, preview=False)
    assert globex.client("labeler").get(f"{base}/how.png").content == photo(3, 2)
    assert globex.client("labeler").get(f"{base}/secret.png").status_code == 404
