"""Reads over several models for the console: teams with their people, grants with their two sides."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Organization
from workforce.models import GrantStaffing, TeamMember, WorkGrant, WorkTeam
from workforce.states import GrantState


def team_list() -> QuerySet[WorkTeam]:
    """The organization's teams by name, each with `member_count` and `queue_count` (jobs that name it)."""
    return WorkTeam.objects.annotate(
        member_count=Count("members", distinct=True), queue_count=Count("work_queues", distinct=True)
    ).order_by("name")


def team_detail(work_team_id: uuid.UUID) -> WorkTeam:
    """One row of `team_list`; NotFound for another tenant's team."""
    team = team_list().filter(pk=work_team_id).first()
    if team is None:
        raise NotFound(_("There is no such work team."))
    return team


def team_member_list(work_team_id: uuid.UUID) -> QuerySet[TeamMember]:
    """The people in a team, by user name, with their users."""
    return (
        TeamMember.objects.filter(work_team_id=team_detail(work_team_id).pk)
        .select_related("user")
        .order_by("user__username")
    )


@dataclass(frozen=True)
class GrantRow:
    """A grant as one side sees it. `teams` are the vendor's own and empty for the customer."""

    grant: WorkGrant
    side: str  # given, received
    customer_name: str
    vendor_name: str
    is_live: bool
    teams: list[tuple[uuid.UUID, str]] = field(default_factory=list)


def grant_list(*, side: str = "") -> QuerySet[WorkGrant]:
    """Grants the organization in scope gave (`given`) or got (`received`), or both, newest first."""
    owner = current_scope().organization_id
    grants = WorkGrant.objects.order_by("-created_at", "-id")
    if side == "given":
        return grants.filter(organization_id=owner)
    if side == "received":
        return grants.filter(vendor_id=owner)
    return grants


def grant_rows(grants: Sequence[WorkGrant]) -> list[GrantRow]:
    """Names of both sides and, on the vendor's, its teams: two more statements however many grants."""
    owner = current_scope().organization_id
    sides = {grant.organization_id for grant in grants} | {grant.vendor_id for grant in grants}
    names = dict(Organization.objects.filter(pk__in=sides).values_list("pk", "name"))
    teams: dict[uuid.UUID, list[tuple[uuid.UUID, str]]] = {}
    staffings = GrantStaffing.objects.filter(work_grant_id__in=[grant.pk for grant in grants])
    for staffing in staffings.select_related("work_team").order_by("work_team__name"):
        teams.setdefault(staffing.work_grant_id, []).append((staffing.work_team_id, staffing.work_team.name))
    now = timezone.now()
    return [
        GrantRow(
            grant=grant,
            side="given" if grant.organization_id == owner else "received",
            customer_name=names.get(grant.organization_id, ""),
            vendor_name=names.get(grant.vendor_id, ""),
            is_live=_is_live(grant, now),
            teams=teams.get(grant.pk, []),
        )
        for grant in grants
    ]


def grant_detail(grant_id: uuid.UUID) -> GrantRow:
    """One grant of which the organization in scope is a side; NotFound otherwise."""
    grant = WorkGrant.objects.filter(pk=grant_id).first()
    if grant is None:
        raise NotFound(_("There is no such grant."))
    return grant_rows([grant])[0]


def vendor_list() -> QuerySet[Organization]:
    """The vendors of the installation that the organization in scope may offer work to."""
    owner = current_scope().organization_id
    return Organization.objects.filter(is_vendor=True, is_active=True).exclude(pk=owner).order_by("name")


def _is_live(grant: WorkGrant, now: datetime) -> bool:
    """For display only; rights are read by the database's clock (`workforce.grants`)."""
    begun = grant.starts_at is None or grant.starts_at <= now
    over = grant.expires_at is not None and grant.expires_at <= now
    return grant.state == GrantState.ACCEPTED and grant.revoked_at is None and begun and not over
