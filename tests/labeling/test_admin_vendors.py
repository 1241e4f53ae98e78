"""Vendors in the managers' admin: offered, accepted, staffed, ended; each side sees its own half."""

import pytest

from maskwright.core.scope import organization_scope
from tests.factories.admin_client import post, submit
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.plugins.cast import Company
from workforce.models import GrantStaffing, WorkGrant

GRANTS = "/manage/workforce/workgrant/"


@pytest.fixture
def made(acme: Company) -> MadeJob:
    return make_job(acme, objects=2, instructions="Paint **every** cat.")


def _offers(made: MadeJob) -> str:
    return f"/manage/labeling/labelingjob/{made.id}/offers/"


def _offer(acme: Company, globex: Company, made: MadeJob, **changes: str) -> WorkGrant:
    data = {"vendor": str(globex.id), "title": "Cats of the city", **changes}
    assert submit(acme.browser("manager"), _offers(made), **data).status_code == 302
    with organization_scope(acme.id):
        return WorkGrant.objects.latest("created_at")


def _state(acme: Company, grant: WorkGrant) -> str:
    with organization_scope(acme.id):
        return str(WorkGrant.objects.get(pk=grant.pk).state)


def test_only_vendors_can_be_chosen_and_all_problems_show(
    acme: Company, globex: Company, initech: Company, made: MadeJob
) -> None:
    browser = acme.browser("manager")
    page = submit(browser, _offers(made), vendor=str(initech.id), title="", expires_at="gestern")
    assert set(page.context["form"].errors) == {"vendor", "title", "expires_at"}
    page = submit(browser, _offers(made), vendor=str(globex.id), title="Cats", expires_at="2020-01-01T00:00")
    assert set(page.context["form"].errors) == {"expires_at"}
    with organization_scope(acme.id):
        assert not WorkGrant.objects.exists()


def test_before_it_accepts_the_vendor_reads_the_title_alone(acme: Company, globex: Company, made: MadeJob) -> None:
    grant, vendor = _offer(acme, globex, made), globex.browser("manager")
    assert "Cats of the city" in vendor.get(GRANTS).content.decode()
    page = vendor.get(f"{GRANTS}{grant.pk}/change/").content.decode()
    assert "Acme Vision" in page and "Accept" in page
    assert "every" not in page and "Work teams" not in page.split("<main")[1]


def test_a_vendor_accepts_staffs_and_reads_how_far_it_is(acme: Company, globex: Company, made: MadeJob) -> None:
    grant, vendor = _offer(acme, globex, made), globex.browser("manager")
    team = make_team(globex, [globex.people["labeler"]], "globex team")
    post(vendor, f"{GRANTS}{grant.pk}/do/accept/")
    assert _state(acme, grant) == "accepted"
    page = vendor.get(f"{GRANTS}{grant.pk}/change/")
    assert "<strong>every</strong>" in page.content.decode()
    assert dict(page.context["counts"])["being labeled"] == 2
    assert page.context["photos"] == [] and "/image" not in page.content.decode()
    assert submit(vendor, f"{GRANTS}{grant.pk}/change/", teams=[str(team.pk)]).status_code == 302
    with organization_scope(globex.id):
        assert GrantStaffing.objects.get().work_team == team
    assert "globex team" in vendor.get(GRANTS).content.decode()
    assert "globex team" not in acme.browser("manager").get(_offers(made)).content.decode()


def test_photos_show_only_where_the_customer_allows_it(acme: Company, globex: Company, made: MadeJob) -> None:
    grant, vendor = _offer(acme, globex, made, preview="on"), globex.browser("manager")
    post(vendor, f"{GRANTS}{grant.pk}/do/accept/")
    photos = vendor.get(f"{GRANTS}{grant.pk}/change/").context["photos"]
    assert len(photos) == 2
    assert vendor.get(photos[0][1]).status_code == 200


def test_the_vendor_never_gets_the_customers_own_pages(acme: Company, globex: Company, made: MadeJob) -> None:
    grant, vendor = _offer(acme, globex, made), globex.browser("manager")
    post(vendor, f"{GRANTS}{grant.pk}/do/accept/")
    for url in (f"/manage/labeling/labelingjob/{made.id}/change/", _offers(made)):
        assert vendor.get(url).status_code == 404
    photo = f"/manage/labeling/dataobject/{made.tasks[0].data_object_id}/change/"
    assert vendor.get(photo).status_code == 404
    assert acme.browser("manager").get(photo).status_code == 200
    for page in ("labelingjob", "dataobject"):
        assert vendor.get(f"/manage/labeling/{page}/").context["cl"].result_count == 0
    assert made.job.name not in vendor.get("/manage/").content.decode()


def test_the_customer_ends_it_at_once(acme: Company, globex: Company, made: MadeJob) -> None:
    grant, vendor = _offer(acme, globex, made), globex.browser("manager")
    post(vendor, f"{GRANTS}{grant.pk}/do/accept/")
    assert post(acme.browser("manager"), _offers(made), revoke=str(grant.pk)).status_code == 302
    assert _state(acme, grant) == "revoked"
    page = vendor.get(f"{GRANTS}{grant.pk}/change/").content.decode()
    assert "every" not in page and "revoked" in page


def test_an_offer_is_ended_only_on_its_own_jobs_page(acme: Company, globex: Company, made: MadeJob) -> None:
    grant, other = _offer(acme, globex, made), make_job(acme)
    post(acme.browser("manager"), _offers(other), revoke=str(grant.pk))
    assert _state(acme, grant) == "offered"


def test_a_declined_offer_says_so_to_the_customer(acme: Company, globex: Company, made: MadeJob) -> None:
    grant = _offer(acme, globex, made)
    post(globex.browser("manager"), f"{GRANTS}{grant.pk}/do/decline/")
    assert "declined" in acme.browser("manager").get(_offers(made)).content.decode()


def test_offers_are_between_the_two(acme: Company, globex: Company, initech: Company, made: MadeJob) -> None:
    grant = _offer(acme, globex, made)
    stranger = initech.browser("manager")
    assert stranger.get(GRANTS).status_code == 403  # it is no vendor
    assert stranger.get(f"{GRANTS}{grant.pk}/change/").status_code in (403, 404)
    assert post(stranger, f"{GRANTS}{grant.pk}/do/accept/").status_code in (403, 404)
    assert _state(acme, grant) == "offered"
