"""Managers read the names of their own people; vendors' people, and all that others read, are pseudonyms."""

import csv
import io
import uuid
from typing import Any

import pytest

from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import bytes_of, claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.models import Worker
from workforce.people import own_people
from workforce.services.grants import accept_grant, offer_grant, staff_grant

OWN, VENDORS = "Ada Lovelace", "Vera Vendor"


@pytest.fixture
def made(acme: Company, globex: Company) -> MadeJob:
    """One photo, answered by one of the own people and one of the vendor's; each of them works on another one."""
    for company, name in ((acme, OWN), (globex, VENDORS)):
        company.people["labeler"].display_name = name
        company.people["labeler"].save()
    made = make_job(acme, objects=2, labelers=2)
    with organization_scope(acme.id):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=globex.id, title="Cats")
    team = make_team(globex, [globex.people["labeler"]])
    with organization_scope(globex.id):
        accept_grant(grant_id=grant.pk)
    with organization_scope(globex.id):
        staff_grant(grant_id=grant.pk, work_team_id=team.pk)
    for company in (acme, globex):
        assert (
            submit(company.client("labeler"), claim(company.client("labeler")).json(), flat_mask(1)).status_code == 200
        )
        assert claim(company.client("labeler")).status_code == 201
    return made


def _pages(made: MadeJob) -> list[str]:
    photo = made.tasks[0].data_object_id
    return [f"/manage/labeling/dataobject/{photo}/change/", f"/manage/labeling/labelingjob/{made.id}/queue/"]


def test_a_manager_reads_own_names_and_a_vendors_pseudonyms(acme: Company, made: MadeJob) -> None:
    for page in _pages(made):
        text = acme.browser("manager").get(page).content.decode()
        assert OWN in text and "private." in text, page
        assert VENDORS not in text and "vendor." in text, page


@pytest.mark.parametrize("who", ["reviewer", "auditor"])
def test_who_manages_nothing_reads_pseudonyms(acme: Company, made: MadeJob, who: str) -> None:
    for page in _pages(made):
        text = acme.browser(who).get(page).content.decode()
        assert OWN not in text and "private." in text, page
    detail = acme.client(who).get(f"/api/v1/objects/{made.tasks[0].data_object_id}").json()
    assert {one["person"] for one in detail["annotations"]} == {None}
    queue = acme.client(who).get(f"/api/v1/jobs/{made.id}/queue").json()
    assert {one["person"] for one in [*queue["held"], *queue["people"]]} == {None}
    assert acme.client(who).get(f"/api/v1/jobs/{made.id}/output/answers").status_code == 403


def test_the_api_names_them_for_managers(acme: Company, made: MadeJob) -> None:
    client = acme.client("manager")
    detail = client.get(f"/api/v1/objects/{made.tasks[0].data_object_id}").json()
    assert {one["labeler"].partition(".")[0]: one["person"] for one in detail["annotations"]} == {
        "private": OWN,
        "vendor": None,
    }
    queue = client.get(f"/api/v1/jobs/{made.id}/queue").json()
    assert {one["worker"].partition(".")[0]: one["person"] for one in queue["held"]} == {"private": OWN, "vendor": None}


def test_the_table_of_answers_names_own_people_and_holds_no_formulas(acme: Company, made: MadeJob) -> None:
    acme.people["labeler"].display_name = "=HYPERLINK(1)"
    acme.people["labeler"].save()
    body = bytes_of(acme.client("manager").get(f"/api/v1/jobs/{made.id}/output/answers")).decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    assert {row["labeler"].partition(".")[0]: row["person"] for row in rows} == {
        "private": "'=HYPERLINK(1)",
        "vendor": "",
    }
    assert {(row["photo"], row["kind"], row["state"]) for row in rows} == {("0", "mask", "accepted")}


def test_nobody_reads_names_of_the_other_side(acme: Company, globex: Company, made: MadeJob) -> None:
    with organization_scope(acme.id):
        workers: list[Any] = list(Worker.objects.all())
        ids: list[uuid.UUID] = [worker.pk for worker in workers]
        assert sorted(own_people(ids).values()) == [OWN]
    with organization_scope(globex.id):
        assert own_people(ids) == {}
