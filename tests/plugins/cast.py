"""The standing cast: `acme` (a customer), `globex` (a vendor) and `initech` (a stranger), with their people."""

import uuid
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from maskwright.accounts.models import User
from maskwright.accounts.services.tokens import create_token
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from maskwright.organizations.services.membership import add_member, create_organization

PASSWORD = "correct horse battery"


@dataclass
class Company:
    """An organization with people by role: owner, manager, reviewer, auditor, labeler, labeler2, labeler3."""

    organization: Organization
    people: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> uuid.UUID:
        return self.organization.pk

    def client(self, who: str) -> Client:
        """An HTTP client that sends the person's API token."""
        return Client(headers={"Authorization": f"Bearer {self.tokens[who]}"})

    def browser(self, who: str) -> Client:
        """An HTTP client with a session, CSRF checked as in a browser."""
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.people[who])
        session = client.session
        session["organization_id"] = str(self.id)
        session.save()
        return client


def make_company(name: str, *, is_vendor: bool = False) -> Company:
    """In few statements, since nearly every test begins with it."""
    slug = name.lower().split()[0]
    company = Company(create_organization(name=name, is_vendor=is_vendor))
    whole = ("owner", "manager", "reviewer", "auditor", "labeler", "labeler2", "labeler3")
    password = make_password(PASSWORD)
    users = [User(username=f"{slug}-{who}", email=f"{who}@{slug}.example", password=password) for who in whole]
    company.people = dict(zip(whole, User.objects.bulk_create(users), strict=True))
    with organization_scope(company.id):
        for who, user in company.people.items():
            add_member(user=user, role=who.rstrip("23"))
    for who, user in company.people.items():
        company.tokens[who] = create_token(user=user, organization_id=company.id, name="test")[1]
    return company


@pytest.fixture
def acme(request: pytest.FixtureRequest) -> Company:
    _database(request)
    return make_company("Acme Vision")


@pytest.fixture
def globex(request: pytest.FixtureRequest) -> Company:
    _database(request)
    return make_company("Globex Labeling", is_vendor=True)


@pytest.fixture
def initech(request: pytest.FixtureRequest) -> Company:
    _database(request)
    return make_company("Initech")


def _database(request: pytest.FixtureRequest) -> None:
    """The test's own kind of database: `committed` where it asks for it, else a transaction that is rolled back."""
    request.getfixturevalue("committed" if "committed" in request.fixturenames else "db")
