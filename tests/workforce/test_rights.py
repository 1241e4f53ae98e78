"""A change of rights and the photo that is being painted: it is taken away only when the right to label ended."""

from typing import Any

import pytest

from maskwright.accounts.models import User
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Membership, Organization
from maskwright.organizations.services.membership import change_member
from maskwright.organizations.services.operators import change_organization, end_account
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.models import Claim, TeamMember
from workforce.services.grants import accept_grant, offer_grant, staff_grant


def _change(company: Company, who: str, **changes: Any) -> None:
    with organization_scope(company.id):
        membership = Membership.objects.get(user=company.people[who])
        change_member(membership_id=membership.pk, **changes)


def _state(customer: Company, assignment: dict[str, Any]) -> str:
    with organization_scope(customer.id):
        return str(Claim.objects.get(pk=assignment["id"]).state)


def _granted(customer: Company, vendor: Company, made: MadeJob) -> None:
    with organization_scope(customer.id):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=vendor.id)
    with organization_scope(vendor.id):
        accept_grant(grant_id=grant.pk)
    team = make_team(vendor, [vendor.people["labeler"]])
    with organization_scope(vendor.id, with_grants=True):
        staff_grant(grant_id=grant.pk, work_team_id=team.pk)


@pytest.mark.parametrize("role", ["reviewer", "manager"])
def test_a_new_role_that_labels_keeps_the_photo_and_the_teams(acme: Company, role: str) -> None:
    made = make_job(acme)
    labeler = acme.client("labeler")
    assignment = claim(labeler).json()
    _change(acme, "labeler", role=role)
    assert act(labeler, assignment, "heartbeat").status_code == 200
    assert claim(labeler).json()["id"] == assignment["id"]
    assert submit(labeler, assignment, flat_mask(1)).status_code == 200
    with organization_scope(acme.id):
        assert TeamMember.objects.filter(work_team=made.team, user=acme.people["labeler"]).exists()


def test_a_vendors_person_who_goes_on_labeling_keeps_the_customers_photo(acme: Company, globex: Company) -> None:
    _granted(acme, globex, make_job(acme))
    assignment = claim(globex.client("labeler")).json()
    _change(globex, "labeler", role="reviewer")
    assert submit(globex.client("labeler"), assignment, flat_mask(1)).status_code == 200


@pytest.mark.parametrize("changes", [{"role": "auditor"}, {"is_active": False}])
def test_when_the_right_to_label_ends_the_photo_is_free_for_others(acme: Company, changes: dict[str, Any]) -> None:
    make_job(acme, objects=1, labelers=1)
    assignment = claim(acme.client("labeler")).json()
    _change(acme, "labeler", **changes)
    assert _state(acme, assignment) == "withdrawn"
    assert claim(acme.client("labeler2")).status_code == 201


def test_a_vendors_person_who_labels_no_more_loses_the_customers_photo(acme: Company, globex: Company) -> None:
    _granted(acme, globex, make_job(acme))
    assignment = claim(globex.client("labeler")).json()
    _change(globex, "labeler", role="auditor")
    assert _state(acme, assignment) == "withdrawn"


def test_a_closed_account_loses_its_photos_although_its_memberships_stay(acme: Company) -> None:
    make_job(acme)
    assignment = claim(acme.client("labeler")).json()
    user = acme.people["labeler"]
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.refresh_from_db()
    end_account(user=user)
    assert _state(acme, assignment) == "withdrawn"


def test_the_people_of_a_closed_organization_lose_their_photos(acme: Company) -> None:
    make_job(acme)
    assignment = claim(acme.client("labeler")).json()
    organization = Organization.objects.get(pk=acme.id)
    organization.is_active = False
    change_organization(organization=organization, changed=["is_active"])
    assert _state(acme, assignment) == "withdrawn"
