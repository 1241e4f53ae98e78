"""When a member's rights end, so do his claims, in the same transaction."""

import uuid

from maskwright.core.scope import read_grants
from maskwright.organizations.services.invitations import check_team_with, on_accepted
from maskwright.organizations.services.membership import on_rights_changed
from workforce.models import WorkerIdentity
from workforce.services.expiry import withdraw_claims
from workforce.services.teams import check_team, join_invited_team, leave_all_teams


def withdraw_member(user_id: uuid.UUID) -> None:
    """End all claims of a member of the organization in scope, also those he holds for customers."""
    read_grants()
    workers = list(WorkerIdentity.objects.filter(user_id=user_id).values_list("worker_id", flat=True))
    if workers:
        withdraw_claims(reason="The member's rights changed.", worker_ids=workers)


def connect() -> None:
    on_rights_changed(leave_all_teams)
    on_rights_changed(withdraw_member)
    check_team_with(check_team)
    on_accepted(join_invited_team)
