"""Who gets into the managers' admin, and what no form or address there can do."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import NoReverseMatch, reverse

from maskwright.accounts.models import ApiToken, User
from maskwright.audit.models import AuditEvent
from maskwright.core.scope import organization_scope
from maskwright.organizations.admin_base import ScopedModelAdmin
from maskwright.organizations.models import Invitation, Membership
from maskwright.organizations.permissions import Role
from tests.factories.admin import pages
from tests.factories.admin_client import post
from tests.plugins.cast import PASSWORD, Company


def _membership(company: Company, who: str) -> Membership:
    with organization_scope(company.id):
        return Membership.objects.get(user=company.people[who])


def test_every_page_is_scoped_and_none_shows_users_or_groups() -> None:
    assert pages()
    assert all(isinstance(page, ScopedModelAdmin) for page in pages().values())
    assert not {"User", "Group", "Permission", "Site", "LogEntry"} & {model.__name__ for model in pages()}


def test_a_page_that_is_not_scoped_cannot_be_registered() -> None:
    admin.site.register(Group, admin.ModelAdmin)
    assert Group not in pages()


def test_a_stranger_is_sent_to_the_sign_in(client: Client) -> None:
    for url in ("/manage/", "/manage/labeling/labelset/add/", "/manage/login/"):
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=/manage/")


def test_a_labeler_has_no_admin_whatever_django_flags_he_has(acme: Company) -> None:
    User.objects.filter(pk=acme.people["labeler"].pk).update(is_staff=True)
    browser = acme.browser("labeler")
    assert browser.get("/manage/").status_code == 403
    assert browser.get("/manage/organizations/membership/").status_code == 403


def test_a_manager_needs_no_django_flag(acme: Company) -> None:
    assert not acme.people["manager"].is_staff
    assert acme.browser("manager").get("/manage/").status_code == 200


def test_a_person_without_organization_chooses_one_first(db: None) -> None:
    user = User.objects.create_user("nowhere", password=PASSWORD)
    client = Client()
    client.force_login(user)
    assert client.get("/manage/")["Location"].startswith("/organizations/choose/?next=")


@pytest.mark.parametrize("who", ["auditor", "reviewer"])
def test_readers_see_pages_and_write_nothing(acme: Company, who: str) -> None:
    browser = acme.browser(who)
    page = browser.get("/manage/labeling/labelset/")
    assert page.status_code == 200
    assert b"New label set" not in page.content
    assert b"New label set" in acme.browser("manager").get("/manage/labeling/labelset/").content
    for model, model_page in pages().items():
        if model is ApiToken:  # everybody's own
            continue
        url = model_page.page_url("add")
        assert browser.get(url).status_code == 403
        token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
        assert browser.post(url, token).status_code == 403


def test_readers_do_not_see_invitations(acme: Company) -> None:
    assert acme.browser("auditor").get("/manage/organizations/invitation/").status_code == 403


def test_no_address_tells_whether_some_row_exists(acme: Company) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, 1])
    browser = acme.browser("manager")
    assert browser.get(f"/manage/r/1/{acme.people['owner'].pk}/").status_code == 404
    assert browser.get("/manage/labeling/").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["hash__startswith=a", "user__password__startswith=p", "organization_id=1", "name__startswith=t", "_to_field=hash"],
)
def test_only_the_filters_of_a_page_can_be_asked(acme: Company, query: str) -> None:
    browser = acme.browser("manager")
    assert browser.get(f"/manage/accounts/apitoken/?{query}").status_code == 400
    assert browser.get("/manage/accounts/apitoken/?o=1").status_code == 200


@pytest.mark.parametrize("model", ["labelset", "tasktemplate"])
def test_autocomplete_is_closed(acme: Company, model: str) -> None:
    url = f"/manage/autocomplete/?app_label=labeling&model_name={model}&field_name=name&term=a"
    assert acme.browser("manager").get(url).status_code == 403


def test_extra_fields_change_neither_role_nor_organization(acme: Company, initech: Company) -> None:
    browser, target = acme.browser("manager"), _membership(acme, "labeler")
    url = reverse("admin:organizations_membership_change", args=[target.pk])
    extra = {
        "organization_id": str(initech.id),
        "organization": str(initech.id),
        "user": str(initech.people["owner"].pk),
    }
    response = post(
        browser, url, role="reviewer", is_active="", is_superuser="1", is_staff="1", user_permissions="1", **extra
    )
    assert response.status_code == 302
    after = _membership(acme, "labeler")
    assert (after.role, after.is_active, after.organization_id) == ("reviewer", True, acme.id)
    person = User.objects.get(pk=acme.people["labeler"].pk)
    assert not person.is_superuser and not person.is_staff


@pytest.mark.parametrize("who", ["manager", "labeler"])
def test_a_manager_makes_nobody_an_owner(acme: Company, who: str) -> None:
    url = reverse("admin:organizations_membership_change", args=[_membership(acme, who).pk])
    response = post(acme.browser("manager"), url, role="owner")
    assert response.status_code == 200
    assert _membership(acme, who).role != Role.OWNER
    assert post(acme.browser("owner"), url, role="owner").status_code == 302
    assert _membership(acme, who).role == Role.OWNER


def test_a_manager_cannot_change_or_end_an_owner(acme: Company) -> None:
    browser, owner = acme.browser("manager"), _membership(acme, "owner")
    url = reverse("admin:organizations_membership_change", args=[owner.pk])
    assert post(browser, url, role="labeler").status_code == 403
    post(browser, reverse("admin:organizations_membership_action", args=[owner.pk, "deactivate"]))
    after = _membership(acme, "owner")
    assert (after.role, after.is_active) == (Role.OWNER, True)


def test_deactivating_asks_first_and_then_ends_the_membership(acme: Company) -> None:
    browser, target = acme.browser("manager"), _membership(acme, "labeler")
    url = reverse("admin:organizations_membership_action", args=[target.pk, "deactivate"])
    assert b"loses access" in browser.get(url).content
    assert _membership(acme, "labeler").is_active
    assert post(browser, url).status_code == 302
    assert not _membership(acme, "labeler").is_active


def test_the_last_owner_stays_and_the_page_says_why(acme: Company) -> None:
    browser, owner = acme.browser("owner"), _membership(acme, "owner")
    page = post(browser, reverse("admin:organizations_membership_change", args=[owner.pk]), role="manager")
    assert b"last owner" in page.content
    assert _membership(acme, "owner").role == Role.OWNER


def test_an_invitations_link_is_shown_once(acme: Company) -> None:
    browser = acme.browser("manager")
    page = post(browser, "/manage/organizations/invitation/add/", role="labeler", seats=2, days=7)
    link = page.context["secret"]
    assert link.encode() in page.content and "no-store" in page["Cache-Control"]
    assert Client().get(link).status_code == 200
    invitation = Invitation.objects.get(organization_id=acme.id)
    shown = browser.get(reverse("admin:organizations_invitation_change", args=[invitation.pk])).content
    assert link.encode() not in shown
    post(browser, reverse("admin:organizations_invitation_action", args=[invitation.pk, "revoke"]))
    assert b"no longer works" in Client().get(link).content


def test_an_invitation_gives_the_least_unless_somebody_chooses_more(acme: Company) -> None:
    form = acme.browser("owner").get("/manage/organizations/invitation/add/").context["form"]
    assert form["role"].value() == "labeler"


def test_all_problems_of_a_form_show_at_once(acme: Company) -> None:
    data = {"role": "emperor", "seats": 0, "days": 400, "email": "nobody"}
    page = post(acme.browser("manager"), "/manage/organizations/invitation/add/", **data)
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"role", "seats", "days", "email"}
    assert not Invitation.objects.exists()


def test_a_token_is_the_persons_own(acme: Company) -> None:
    browser = acme.browser("manager")
    page = post(browser, "/manage/accounts/apitoken/add/", name="nightly", days=30, scopes=["jobs:read"])
    secret = page.context["secret"]
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/manage/").status_code == 200
    token = ApiToken.objects.get(name="nightly")
    assert (token.user, token.organization_id) == (acme.people["manager"], acme.id)
    url = reverse("admin:accounts_apitoken_change", args=[token.pk])
    assert browser.get(url).status_code == 200
    assert acme.browser("owner").get(url).status_code == 404


def test_history_is_the_audit_log_and_djangos_own_stays_empty(acme: Company) -> None:
    browser, target = acme.browser("manager"), _membership(acme, "labeler")
    post(browser, reverse("admin:organizations_membership_change", args=[target.pk]), role="auditor")
    page = browser.get(reverse("admin:organizations_membership_history", args=[target.pk])).content.decode()
    assert "Member changed" in page and "acme-manager" in page and "role: auditor" in page
    assert not LogEntry.objects.exists()
    with organization_scope(acme.id):
        assert AuditEvent.objects.filter(subject_id=target.pk, verb="member.changed").count() == 1


def test_forms_need_the_csrf_token(acme: Company) -> None:
    target = _membership(acme, "labeler")
    url = reverse("admin:organizations_membership_change", args=[target.pk])
    assert acme.browser("manager").post(url, {"role": "auditor"}).status_code == 403
    assert _membership(acme, "labeler").role == "labeler"
