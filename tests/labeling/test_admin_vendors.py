"""Vendors in the managers' admin: offered, accepted, staffed, ended; each side sees its own half."""

import pytest

from maskwright.core.scope import organization_scope
from tests.factories.admin_client import post, submit
from tests.factories.inputs import run_messages
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import claim, flat_mask
from tests.factories.work import submit as send
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
    assert dict(page.context["counts"])["open to labelers"] == 2
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


def test_a_declined_offer_tells_its_reason_and_its_share_is_free_again(
    acme: Company, globex: Company, made: MadeJob
) -> None:
    grant = _offer(acme, globex, made, share="60", price_per_object="0.125", currency="EUR")
    page = acme.browser("manager").get(_offers(made))
    assert [(part.kind, part.percent) for part in page.context["shares"].parts] == [("own", 40), ("vendor", 60)]
    vendor = globex.browser("manager")
    console = vendor.get(GRANTS)
    assert [row.grant.pk for row in console.context["console"].waiting] == [grant.pk]
    assert "60 %" in console.content.decode() and "0.1250 EUR per object" in console.content.decode()
    post(vendor, f"{GRANTS}{grant.pk}/do/decline/", reason="Too many edges")
    page = acme.browser("manager").get(_offers(made))
    assert "Too many edges" in page.content.decode()
    assert [(part.kind, part.percent) for part in page.context["shares"].parts] == [("own", 40), ("free", 60)]
    assert submit(acme.browser("manager"), _offers(made), share="61", vendor=str(globex.id)).context["form"].errors
    assert post(acme.browser("manager"), _offers(made), own="100").status_code == 302
    page = acme.browser("manager").get(_offers(made))
    assert [(part.kind, part.percent) for part in page.context["shares"].parts] == [("own", 100)]


def _working(acme: Company, globex: Company, made: MadeJob, share: str = "100") -> WorkGrant:
    """The vendor's labeler has answered every photo of its share, the whole job."""
    grant, vendor = _offer(acme, globex, made, share=share, price_per_object="0.5", currency="EUR"), globex
    post(vendor.browser("manager"), f"{GRANTS}{grant.pk}/do/accept/")
    team = make_team(globex, [globex.people["labeler"]], "globex team")
    submit(vendor.browser("manager"), f"{GRANTS}{grant.pk}/change/", teams=[str(team.pk)])
    labeler = globex.client("labeler")
    while (held := claim(labeler)).status_code != 204:
        assert send(labeler, held.json(), flat_mask(1)).status_code == 200
    return grant


def test_the_console_shows_progress_and_quality_by_name_and_the_customer_reads_pseudonyms(
    acme: Company, globex: Company, made: MadeJob
) -> None:
    _working(acme, globex, made)
    console = globex.browser("manager").get(GRANTS)
    [running] = console.context["console"].running
    assert (running.progress.items, running.progress.missing, running.progress.answers.accepted) == (2, 4, 2)
    [labeler] = console.context["console"].labelers
    assert (labeler.name, labeler.percent) == (globex.people["labeler"].username, 100)
    assert labeler.name in console.content.decode() and "globex team" in console.content.decode()
    page = acme.browser("manager").get(_offers(made)).content.decode()
    assert "vendor." in page and labeler.name not in page


def test_both_sides_read_how_far_each_person_agrees_with_the_results(acme: Company, globex: Company) -> None:
    made = make_job(acme, objects=2, labelers=2)
    grant = _working(acme, globex, made, share="")
    own = acme.client("labeler")
    while (held := claim(own)).status_code != 204:
        assert send(own, held.json(), flat_mask(1)).status_code == 200
    for topic in ("work.item_answered", "task.consolidate"):
        run_messages(acme, topic)
    manager, vendor = acme.client("manager"), globex.client("manager")
    people = manager.get(f"/api/v1/jobs/{made.id}/shares").json()["people"]
    assert [one["agreement"] for one in people] == [{"value": 1.0, "answers": 2}] * 2
    [read] = vendor.get(f"/api/v1/grants/{grant.pk}/progress").json()["people"]
    assert read["agreement"] == {"value": 1.0, "answers": 2}
    assert "100 % of 2" in acme.browser("manager").get(_offers(made)).content.decode()
    assert "100 % of 2" in globex.browser("manager").get(GRANTS).content.decode()


@pytest.mark.parametrize("side", ["customer", "vendor"])
def test_answers_are_previewed_withdrawn_and_brought_back_on_one_page(
    acme: Company, globex: Company, made: MadeJob, side: str
) -> None:
    grant = _working(acme, globex, made)
    browser, url = {
        "customer": (acme.browser("manager"), f"/manage/labeling/labelingjob/{made.id}/withdrawals/"),
        "vendor": (globex.browser("manager"), f"{GRANTS}{grant.pk}/withdrawals/"),
    }[side]
    page = browser.get(url)
    shown = dict(page.context["form"].fields["whose"].choices)
    assert (globex.people["labeler"].username in shown.values()) is (side == "vendor")
    whose = next(value for value in shown if value.startswith("worker:"))
    preview = submit(browser, url, whose=whose, preview="1")
    assert (preview.context["preview"].answers, "1.00 EUR" in preview.content.decode()) == (2, True)
    assert submit(browser, url, whose=whose, reason="Careless", apply="1").status_code == 302
    assert run_messages(acme, "withdrawal.apply") == 1
    [row] = browser.get(url).context["rows"]
    assert (row["order"].answers, row["may_undo"]) == (2, True)
    assert post(browser, url, undo=str(row["order"].pk)).status_code == 302
    assert run_messages(acme, "withdrawal.undo") == 1
    [row] = browser.get(url).context["rows"]
    assert (row["order"].state, row["order"].restored, row["may_undo"]) == ("undone", 2, False)


def test_withdrawals_of_a_grant_end_with_it(acme: Company, globex: Company, made: MadeJob) -> None:
    grant = _working(acme, globex, made)
    url, vendor = f"{GRANTS}{grant.pk}/withdrawals/", globex.browser("manager")
    assert vendor.get(url).status_code == 200
    post(acme.browser("manager"), _offers(made), revoke=str(grant.pk))
    assert vendor.get(url).status_code == 404
    assert globex.browser("labeler").get(url).status_code == 404
