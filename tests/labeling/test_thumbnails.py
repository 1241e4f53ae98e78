"""Thumbnails: made by workers, read by those who may see the photo, and by nobody else."""

import io
import uuid
from typing import Any

import pytest
from PIL import Image

from labeling.models import DataObject
from maskwright.core.models import OutboxMessage
from maskwright.core.objects import blob_store
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, run_messages
from tests.factories.jobs import make_job, photo
from tests.plugins.cast import Company
from workforce.services.grants import accept_grant, offer_grant, revoke_grant

TOPIC = "thumbnail.make"


def _get(company: Company, url: str, who: str = "manager", **headers: str) -> Any:
    return company.client(who).get(url, headers=headers)


def _url(item: DataObject) -> str:
    return f"/api/v1/objects/{item.pk}/thumbnail"


def _taken_in(company: Company, files: dict[str, bytes]) -> list[DataObject]:
    upload = make_upload(company, files)
    job = order_job(company, f"upload://{upload.pk}/")
    run_messages(company, "job.intake")
    with organization_scope(company.id):
        return list(DataObject.objects.filter(job=job).order_by("index"))


def _asked(company: Company) -> int:
    with organization_scope(company.id):
        return int(OutboxMessage.objects.filter(topic=TOPIC, done_at=None).count())


def test_intake_makes_it_small_and_answers_unchanged_the_second_time(acme: Company) -> None:
    (item,) = _taken_in(acme, {"wide.png": photo(800, 400, 40)})
    answer = _get(acme, _url(item))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(answer.content)).size == (320, 160)
    assert "private" in answer["Cache-Control"]
    again = _get(acme, _url(item), **{"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert _asked(acme) == 0


def test_who_looks_for_one_that_is_not_there_asks_a_worker_once(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The web process decodes nothing: it answers 202, and the next look finds it."""
    item = make_job(acme, objects=1).tasks[0].data_object
    decoder = "labeling.services.thumbnails.verify_decodes"
    monkeypatch.setattr(decoder, lambda *args, **options: pytest.fail("decoded by the web"))
    assert [_get(acme, _url(item)).status_code for _ in range(3)] == [202] * 3
    assert _asked(acme) == 1
    monkeypatch.undo()
    assert run_messages(acme, TOPIC) == 1
    assert _get(acme, _url(item)).status_code == 200


def test_bytes_that_are_another_photo_now_are_not_shown_as_this_one(acme: Company) -> None:
    item = make_job(acme, objects=1).tasks[0].data_object
    with organization_scope(acme.id):
        DataObject.objects.filter(pk=item.pk).update(image_sha256="0" * 64)
    assert _get(acme, _url(item)).status_code == 202
    run_messages(acme, TOPIC)
    answer = _get(acme, _url(item))
    assert (answer.status_code, answer.json()["code"]) == (404, "no_image")


def test_an_unusable_photo_has_none(acme: Company) -> None:
    (item,) = _taken_in(acme, {"broken.png": b"no photo"})
    assert item.problem_code
    assert _get(acme, _url(item)).status_code == 404
    assert _asked(acme) == 0


def test_uploaded_files_get_theirs_when_somebody_looks(acme: Company, initech: Company) -> None:
    upload = make_upload(acme, {"street/a b.png": photo(12, 8, 40), "bad.png": b"no photo"})
    good, bad = (f"/api/v1/uploads/{upload.pk}/thumbnails/{name}" for name in ("street/a%20b.png", "bad.png"))
    assert (_get(acme, good).status_code, _get(acme, bad).status_code) == (202, 202)
    assert run_messages(acme, TOPIC) == 2
    assert (_get(acme, good).status_code, _get(acme, bad).status_code) == (200, 404)
    assert _asked(acme) == 0  # what cannot be drawn is not asked for for ever
    assert _get(initech, good).status_code == 404
    assert _get(acme, good, "labeler").status_code == 403


def test_equal_photos_of_two_organizations_share_nothing(acme: Company, initech: Company) -> None:
    _taken_in(acme, {"a.png": photo(12, 8, 40)})
    theirs = make_job(initech, objects=1).tasks[0].data_object
    assert theirs.image_sha256
    assert _get(initech, _url(theirs)).status_code == 202
    keys = [info.key for company in (acme, initech) for info in blob_store().list(f"org/{company.id}/thumbnails/")]
    assert [key for key in keys if str(initech.id) in key] == []
    assert len(keys) == 1


def _grant(customer: Company, vendor: Company, queue: uuid.UUID, *, preview: bool) -> uuid.UUID:
    with organization_scope(customer.id):
        grant = offer_grant(queue_id=queue, vendor_id=vendor.id, preview=preview)
    with organization_scope(vendor.id):
        accept_grant(grant_id=grant.pk)
    return grant.pk


@pytest.mark.parametrize("preview", [True, False])
def test_a_vendors_manager_sees_one_while_his_grant_allows_preview(
    acme: Company, globex: Company, preview: bool
) -> None:
    made = make_job(acme, objects=1)
    item = made.tasks[0].data_object
    assert _get(globex, _url(item)).status_code == 404
    grant = _grant(acme, globex, made.queue.pk, preview=preview)
    if not preview:
        assert _get(globex, _url(item)).status_code == 404
        assert _asked(acme) == 0
        return
    assert _get(globex, _url(item)).status_code == 202  # the customer's worker makes it, into the customer's storage
    assert (run_messages(globex, TOPIC), run_messages(acme, TOPIC)) == (0, 1)
    shown = _get(globex, _url(item))
    assert shown.status_code == 200
    page = globex.browser("manager").get(f"/manage/workforce/workgrant/{grant}/change/").content.decode()
    assert f'src="{_url(item)}"' in page
    with organization_scope(acme.id):
        revoke_grant(grant_id=grant)
    assert _get(globex, _url(item), **{"If-None-Match": shown["ETag"]}).status_code == 404


def test_a_list_loads_the_thumbnails_of_its_page_when_they_come_into_view(acme: Company) -> None:
    made = make_job(acme, objects=3)
    with organization_scope(acme.id):
        nothing = DataObject.objects.get(pk=made.tasks[2].data_object_id)
        DataObject.objects.filter(pk=nothing.pk).update(image_sha256="", problem_code="truncated")
    page = acme.browser("manager").get(f"/manage/labeling/dataobject/?job={made.id}").content.decode()
    assert page.count('loading="lazy"') == 2
    assert page.count("manage-thumbnail") == 3  # an empty frame where there is no photo
    assert _url(nothing) not in page


def test_the_jobs_page_shows_its_first_photos(acme: Company) -> None:
    made = make_job(acme, objects=9)
    page = acme.browser("manager").get(f"/manage/labeling/labelingjob/{made.id}/change/").content.decode()
    assert page.count('class="manage-thumbnail"') == 8
    assert _url(made.tasks[0].data_object) in page
