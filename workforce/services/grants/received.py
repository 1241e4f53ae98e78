"""A vendor answers offers and staffs what it accepted. In the vendor's scope."""

import uuid

from django.db import connection
from django.utils.translation import gettext, gettext_noop

from maskwright.audit.record import record
from maskwright.core.errors import Conflict, NotFound
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import current_scope, read_grants
from workforce.models import GrantStaffing, TeamMember, WorkGrant, WorkTeam
from workforce.services.teams import withdraw_unreachable
from workforce.states import GrantState


def accept_grant(*, grant_id: uuid.UUID) -> WorkGrant:
    """Take the offer. The scope sees the granted work from here on."""
    return _answer(grant_id, GrantState.ACCEPTED)


def decline_grant(*, grant_id: uuid.UUID, reason: str = "") -> WorkGrant:
    """Refuse the offer; the customer reads the reason."""
    return _answer(grant_id, GrantState.DECLINED, reason.strip()[:500])


_ANSWER = """
UPDATE workforce_workgrant SET state = %s, decline_reason = %s, version = version + 1
WHERE id = %s AND vendor_id = %s AND state = 'offered' AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > clock_timestamp())
  AND (accept_by IS NULL OR accept_by > clock_timestamp())
"""


def _answer(grant_id: uuid.UUID, state: GrantState, reason: str = "") -> WorkGrant:
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER, [state.value, reason, grant_id, current_scope().organization_id])
        is_changed = cursor.rowcount == 1
    grant = _received_grant(grant_id)
    if not is_changed and grant.state != state:
        if grant.state == GrantState.OFFERED:
            raise Conflict(gettext("The offer has run out and cannot be answered any more."))
        raise Conflict(
            gettext("The offer is %(state)s and cannot be answered any more.")
            % {"state": GrantState(grant.state).label}
        )
    if is_changed:
        record(f"work_grant.{state}", "work_grant", grant.pk, customer=grant.organization_id)
        # A vendor may write to the customer's log as well where it works for the customer by now.
        if grant.organization_id in read_grants().customers:
            record(f"work_grant.{state}", "work_grant", grant.pk, organization_id=grant.organization_id)
            emit(accepted_message(grant.organization_id, grant.work_queue_id))
        if state == GrantState.DECLINED:
            emit(_declined_message(grant))
    return grant


def _declined_message(grant: WorkGrant) -> Message:
    """The vendor's own, because one without a live grant writes nothing for the customer; it acts in his scope."""
    ids = {"grant_id": str(grant.pk), "customer_id": str(grant.organization_id)}
    return Message("work_grant.declined", grant.vendor_id, ids, key=str(grant.pk))


def accepted_message(customer_id: uuid.UUID, queue_id: uuid.UUID) -> Message:
    """To the customer's side: somebody may work on this queue now, so a job that waited for that may start.

    A grant that begins later lets the vendor write nothing for the customer yet; `reconcile` sends it then.
    """
    return Message("work_grant.accepted", customer_id, {"work_queue_id": str(queue_id)}, key=str(queue_id))


def staff_grant(*, grant_id: uuid.UUID, work_team_id: uuid.UUID) -> GrantStaffing:
    """Let one of its teams work on an accepted grant; doing so again changes nothing."""
    grant = _received_grant(grant_id)
    if grant.state != GrantState.ACCEPTED:
        raise Conflict(
            gettext("The grant is %(state)s. Accept it before you give it to a team.")
            % {"state": GrantState(grant.state).label}
        )
    team = WorkTeam.objects.filter(pk=work_team_id).first()
    if team is None:
        raise NotFound(gettext("There is no such work team."))
    staffing, is_new = GrantStaffing.objects.get_or_create(
        organization_id=current_scope().organization_id,
        work_grant_id=grant.pk,
        work_team=team,
        defaults={"work_queue_id": grant.work_queue_id, "customer_id": grant.organization_id},
    )
    if is_new:
        record("work_grant.staffed", "work_grant", grant.pk, work_team=work_team_id)
        emit(*_work_for_members(team.pk, grant.work_queue_id))
    return staffing


def unstaff_grant(*, grant_id: uuid.UUID, work_team_id: uuid.UUID) -> None:
    """Take a team off a grant; claims its people cannot reach otherwise end."""
    grant = _received_grant(grant_id)
    removed, _ = GrantStaffing.objects.filter(work_grant_id=grant.pk, work_team_id=work_team_id).delete()
    if not removed:
        raise NotFound(gettext("This team does not work on the grant."))
    record("work_grant.unstaffed", "work_grant", grant.pk, work_team=work_team_id)
    users = list(TeamMember.objects.filter(work_team_id=work_team_id).values_list("user_id", flat=True))
    withdraw_unreachable(users, reason=gettext_noop("Your team was taken off this work."))


def _received_grant(grant_id: uuid.UUID) -> WorkGrant:
    grant = WorkGrant.objects.filter(pk=grant_id, vendor_id=current_scope().organization_id).first()
    if grant is None:
        raise NotFound(gettext("There is no such grant."))
    return grant


def _work_for_members(work_team_id: uuid.UUID, queue_id: uuid.UUID) -> list[Message]:
    owner = current_scope().organization_id
    users = TeamMember.objects.filter(work_team_id=work_team_id).values_list("user_id", flat=True)
    return [push(owner, f"user.{user_id}", "work.available", work_queue=queue_id) for user_id in users]
