"""A small world with much contention: three photos, two answers each, three own labelers and two of a vendor."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Membership
from maskwright.organizations.services.membership import change_member
from tests.factories.jobs import MadeJob, make_job, make_team
from tests.plugins.cast import Company, make_company
from workforce.models import Worker
from workforce.services.grants import accept_grant, offer_grant, staff_grant
from workforce.services.teams import add_team_member

OBJECTS, LABELERS, LEASE = 3, 2, 60


@dataclass
class Held:
    """A claim as its holder knows it; he goes on using it when it has ended."""

    claim_id: uuid.UUID
    token: int


@dataclass
class Sent:
    """A submit that was acknowledged, and the reply."""

    person: int
    held: Held
    key: uuid.UUID
    body: bytes
    sha256: str
    reply: Any


@dataclass
class Person:
    company: Company
    user: Any
    held: list[Held] = field(default_factory=list)
    drafts: int = 0


@dataclass
class World:
    """What outlives a job: companies and people. `job`, `grant` and what people hold are those of one round."""

    acme: Company
    globex: Company
    vendor_team: Any
    people: list[Person]
    team: Any = None
    made: MadeJob = None  # type: ignore[assignment]  # made by `begin` before anything else
    grant: uuid.UUID | None = None
    sent: list[Sent] = field(default_factory=list)
    labelers: int = LABELERS
    revoked: bool = False

    @property
    def manager(self) -> Any:
        return self.acme.people["manager"].pk

    def begin(self, objects: int = OBJECTS, labelers: int = LABELERS) -> None:
        """A new job, open, lent to the vendor, with everybody back in his team."""
        self._bring_back()
        own = [one.user for one in self.people if one.company is self.acme]
        with organization_scope(self.acme.id):
            self.team = make_team(self.acme, own)
        self.made = make_job(
            self.acme, team=self.team, objects=objects, labelers=labelers, lease_seconds=LEASE, size=(2, 1)
        )
        with organization_scope(self.acme.id, user_id=self.manager):
            self.grant = offer_grant(queue_id=self.made.queue.pk, vendor_id=self.globex.id, title="lent").pk
        with organization_scope(self.globex.id, user_id=self.globex.people["manager"].pk, with_grants=True):
            accept_grant(grant_id=self.grant)
            staff_grant(grant_id=self.grant, work_team_id=self.vendor_team.pk)
        self.labelers, self.revoked = labelers, False
        self.sent.clear()
        for person in self.people:
            person.held.clear()

    def team_of(self, person: Person) -> Any:
        return self.team if person.company is self.acme else self.vendor_team

    def _bring_back(self) -> None:
        """Who was dismissed in the round before is a member again, and the vendor's people are in their team."""
        for person in self.people:
            with organization_scope(person.company.id, user_id=person.company.people["manager"].pk):
                change_member(membership_id=Membership.objects.get(user_id=person.user.pk).pk, is_active=True)
                if person.company is self.globex:
                    add_team_member(work_team_id=self.vendor_team.pk, user_id=person.user.pk)

    def worker_ids(self) -> list[uuid.UUID]:
        with organization_scope(self.acme.id):
            return list(Worker.objects.order_by("pk").values_list("pk", flat=True))


def make_world() -> World:
    acme, globex = make_company("Acme Vision"), make_company("Globex Labeling", is_vendor=True)
    people = [Person(acme, acme.people[who]) for who in ("labeler", "labeler2", "labeler3")]
    lent = [globex.people[who] for who in ("labeler", "labeler2")]
    return World(acme, globex, make_team(globex, lent), people + [Person(globex, user) for user in lent])
