"""The demo's organizations and people, with random passwords and one API token each."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from maskwright.accounts.models import User
from maskwright.accounts.services.passwords import random_password
from maskwright.accounts.services.tokens import create_token, revoke_tokens
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from maskwright.organizations.permissions import Role
from maskwright.organizations.services.membership import add_member, create_organization
from maskwright.organizations.services.operators import create_account

CUSTOMER, VENDOR = "Acme Vision", "Globex Labeling"


@dataclass(frozen=True)
class Person:
    """`organization` is empty for the operator, who is in none."""

    organization: str
    role: str
    username: str
    display_name: str


CAST: tuple[Person, ...] = (
    Person("", "operator", "operator", "Olga Operator"),
    Person(CUSTOMER, Role.OWNER, "acme-owner", "Ada Acme"),
    Person(CUSTOMER, Role.MANAGER, "acme-manager", "Mara Manager"),
    Person(CUSTOMER, Role.LABELER, "acme-labeler-1", "Lena Labeler"),
    Person(CUSTOMER, Role.LABELER, "acme-labeler-2", "Luis Labeler"),
    Person(CUSTOMER, Role.LABELER, "acme-labeler-3", "Lin Labeler"),
    Person(VENDOR, Role.OWNER, "globex-owner", "Gus Globex"),
    Person(VENDOR, Role.MANAGER, "globex-manager", "Gita Globex"),
    Person(VENDOR, Role.LABELER, "globex-labeler-1", "Vera Vendor"),
    Person(VENDOR, Role.LABELER, "globex-labeler-2", "Viktor Vendor"),
)


def labelers_of(organization: str) -> list[str]:
    return [one.username for one in CAST if (one.organization, one.role) == (organization, Role.LABELER)]


def create_people() -> dict[str, Organization]:
    """Organizations by name, with all their people; passwords and tokens come from `issue_access`."""
    for one in CAST:
        create_account(
            username=one.username,
            email=f"{one.username}@example.com",
            display_name=one.display_name,
            is_operator=one.role == "operator",
        )
    organizations = {
        CUSTOMER: create_organization(name=CUSTOMER),
        VENDOR: create_organization(name=VENDOR, is_vendor=True),
    }
    users = {user.username: user for user in User.objects.filter(username__in=[one.username for one in CAST])}
    for one in CAST:
        if one.organization:
            with organization_scope(organizations[one.organization].pk):
                add_member(user=users[one.username], role=one.role)
    return organizations


def issue_access(organizations: dict[str, Organization]) -> list[dict[str, str]]:
    """New passwords and tokens for the whole cast, as they stand in ready.json."""
    users = {user.username: user for user in User.objects.filter(username__in=[one.username for one in CAST])}
    return [_issue(one, users[one.username], organizations) for one in CAST if one.username in users]


def _issue(one: Person, user: User, organizations: dict[str, Organization]) -> dict[str, str]:
    password = random_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    organization = organizations.get(one.organization)
    token = _new_token(user, organization.pk) if organization is not None else ""
    return {
        "organization": one.organization,
        "role": str(one.role),
        "username": one.username,
        "password": password,
        "api_token": token,
    }


def _new_token(user: User, organization_id: uuid.UUID) -> str:
    revoke_tokens(user_id=user.pk, organization_id=organization_id)
    _, secret = create_token(user=user, organization_id=organization_id, name="demo")
    return secret


def find_organizations() -> dict[str, Organization]:
    """The demo's organizations as far as they are there."""
    names: Sequence[str] = (CUSTOMER, VENDOR)
    return {one.name: one for one in Organization.objects.filter(name__in=names)}


def user_id(username: str) -> uuid.UUID:
    found: uuid.UUID = User.objects.values_list("pk", flat=True).get(username=username)
    return found
