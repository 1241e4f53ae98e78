"""Vendor grants: a customer offers a queue, the vendor accepts and staffs it, the customer may revoke at any moment.

The grant row is the customer's and is seen by both sides; its staffing is the vendor's alone.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext, gettext_noop

from maskwright.audit.record import record
from maskwright.core.errors import Conflict, FieldProblem, Invalid, NotFound
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import current_scope, read_grants
from maskwright.organizations.models import Organization
from workforce.models import GrantStaffing, TeamMember, WorkGrant, WorkQueue, WorkTeam
from workforce.services.expiry import withdraw_claims
from workforce.services.teams import withdraw_unreachable
from workforce.services.terms import OfferTerms, term_problems
from workforce.states import GrantState, QueueState

_REVOKED = gettext_noop("The customer ended the vendor's work.")
_REQUESTS_END_SECONDS = 2.0


def offer_grant(
    *,
    queue_id: uuid.UUID,
    vendor_id: uuid.UUID,
    title: str = "",
    preview: bool = False,
    starts_at: datetime | None = None,
    expires_at: datetime | None = None,
    terms: OfferTerms | None = None,
) -> WorkGrant:
    """Offer a queue of the organization in scope to a vendor; it can do nothing with it until it accepts.

    `title` and `terms` are all the vendor reads of the work before it accepts; they stay as they are. Raises Invalid,
    with every problem, NotFound for a queue that is not the customer's, Conflict when the vendor holds an open offer or
    grant of the queue already.
    """
    owner = current_scope().organization_id
    queue = WorkQueue.objects.filter(pk=queue_id, organization_id=owner).first()
    if queue is None:
        raise NotFound(gettext("There is no such work queue."))
    if queue.state in (QueueState.STOPPING, QueueState.CLOSED):
        raise Conflict(gettext("This work is over; there is nothing left to offer."))
    problems = [*_vendor_problems(vendor_id, owner), *_time_problems(starts_at, expires_at)]
    terms = terms or OfferTerms()
    problems += term_problems(terms, _database_now(), expires_at)
    if problems:
        raise Invalid(gettext("The offer cannot be made like this."), fields=tuple(problems))
    expire_offers(queue_id=queue_id)
    try:
        with transaction.atomic():
            grant = WorkGrant.objects.create(
                vendor_id=vendor_id,
                work_queue=queue,
                title=title.strip()[:128],
                preview=preview,
                starts_at=starts_at,
                expires_at=expires_at,
                **terms.columns(),
            )
    except IntegrityError as error:
        raise Conflict(
            gettext("This vendor has an offer or grant of this work already. Revoke that one to make another.")
        ) from error
    record(
        "work_grant.offered",
        "work_grant",
        grant.pk,
        vendor=vendor_id,
        work_queue=queue_id,
        preview=preview,
        **_told(terms),
    )
    emit(_changed(grant))
    return grant


def _told(terms: OfferTerms) -> dict[str, Any]:
    return {name: str(value) for name, value in terms.columns().items() if value not in (None, "")}


def expire_offers(*, queue_id: uuid.UUID) -> int:
    """In the customer's scope: unanswered offers of a queue whose deadline is over make room for new ones."""
    late = (
        WorkGrant.objects.select_for_update(no_key=True)
        .filter(work_queue_id=queue_id, organization_id=current_scope().organization_id, state=GrantState.OFFERED)
        .filter(Q(accept_by__lte=Now()) | Q(expires_at__lte=Now()))
    )
    for grant in (found := list(late)):
        _close(grant, GrantState.EXPIRED)
    return len(found)


def withdraw_offer(*, grant_id: uuid.UUID) -> WorkGrant:
    """In the customer's scope: take back an offer nobody answered; doing so again changes nothing."""
    owner = current_scope().organization_id
    grant = WorkGrant.objects.select_for_update(no_key=True).filter(pk=grant_id, organization_id=owner).first()
    if grant is None:
        raise NotFound(gettext("There is no such grant."))
    if grant.state == GrantState.OFFERED:
        _close(grant, GrantState.WITHDRAWN)
    elif grant.state != GrantState.WITHDRAWN:
        raise Conflict(
            gettext("The offer is %(state)s. Only one that waits for an answer can be withdrawn.")
            % {"state": GrantState(grant.state).label}
        )
    return grant


def _close(grant: WorkGrant, state: GrantState) -> None:
    grant.state, grant.version = state, grant.version + 1
    grant.save(update_fields=["state", "version"])
    record(f"work_grant.{state}", "work_grant", grant.pk, vendor=grant.vendor_id)
    emit(_changed(grant))


def accept_grant(*, grant_id: uuid.UUID) -> WorkGrant:
    """In the vendor's scope: take the offer. The scope sees the granted work from here on."""
    return _answer(grant_id, GrantState.ACCEPTED)


def decline_grant(*, grant_id: uuid.UUID, reason: str = "") -> WorkGrant:
    """In the vendor's scope: refuse the offer; the customer reads the reason."""
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
    return grant


def staff_grant(*, grant_id: uuid.UUID, work_team_id: uuid.UUID) -> GrantStaffing:
    """In the vendor's scope: let one of its teams work on an accepted grant; doing so again changes nothing."""
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
    """In the vendor's scope: take a team off a grant; claims its people cannot reach otherwise end."""
    grant = _received_grant(grant_id)
    removed, _ = GrantStaffing.objects.filter(work_grant_id=grant.pk, work_team_id=work_team_id).delete()
    if not removed:
        raise NotFound(gettext("This team does not work on the grant."))
    record("work_grant.unstaffed", "work_grant", grant.pk, work_team=work_team_id)
    users = list(TeamMember.objects.filter(work_team_id=work_team_id).values_list("user_id", flat=True))
    withdraw_unreachable(users, reason=gettext_noop("Your team was taken off this work."))


def revoke_grant(*, grant_id: uuid.UUID) -> WorkGrant:
    """In the customer's scope: end an offer or grant at once. Revoking again changes nothing.

    In the same transaction the vendor's claims on the queue are withdrawn and their tokens rise, so that a submit that
    is under way is refused; what was accepted before stays the customer's.
    """
    owner = current_scope().organization_id
    grant = (
        WorkGrant.objects.select_for_update(no_key=True)
        .filter(pk=grant_id, organization_id=owner)
        .exclude(state__in=[GrantState.DECLINED, GrantState.EXPIRED, GrantState.WITHDRAWN])
        .first()
    )
    if grant is None:
        raise NotFound(gettext("There is no such grant."))
    if grant.state == GrantState.REVOKED:
        return grant
    grant.state, grant.version = GrantState.REVOKED, grant.version + 1
    WorkGrant.objects.filter(pk=grant.pk).update(state=grant.state, version=grant.version, revoked_at=Now())
    grant.refresh_from_db(fields=["revoked_at"])
    withdraw_claims(reason=_REVOKED, queue_id=grant.work_queue_id, vendor_id=grant.vendor_id)
    record("work_grant.revoked", "work_grant", grant.pk, vendor=grant.vendor_id)
    # Once more when every request that read the grant before this commit has ended, for a claim it may have made.
    again = Message("work_grant.revoked", owner, {"grant_id": str(grant.pk)}, delay=_REQUESTS_END_SECONDS)
    emit(_changed(grant), again)
    return grant


def withdraw_revoked(*, grant_id: uuid.UUID) -> int:
    """In the customer's scope: end the claims a vendor still holds by a revoked grant; returns how many."""
    grant = WorkGrant.objects.filter(pk=grant_id, state=GrantState.REVOKED).first()
    if grant is None:
        return 0
    others = WorkGrant.objects.filter(
        work_queue_id=grant.work_queue_id, vendor_id=grant.vendor_id, state=GrantState.ACCEPTED
    )
    if others.exists():
        return 0
    return withdraw_claims(reason=_REVOKED, queue_id=grant.work_queue_id, vendor_id=grant.vendor_id)


def _changed(grant: WorkGrant) -> Message:
    """To everybody of the vendor who is connected: look again at what you may see."""
    return push(grant.organization_id, f"vendor.{grant.vendor_id}", "work.available", work_queue=grant.work_queue_id)


def _received_grant(grant_id: uuid.UUID) -> WorkGrant:
    grant = WorkGrant.objects.filter(pk=grant_id, vendor_id=current_scope().organization_id).first()
    if grant is None:
        raise NotFound(gettext("There is no such grant."))
    return grant


def _work_for_members(work_team_id: uuid.UUID, queue_id: uuid.UUID) -> list[Message]:
    owner = current_scope().organization_id
    users = TeamMember.objects.filter(work_team_id=work_team_id).values_list("user_id", flat=True)
    return [push(owner, f"user.{user_id}", "work.available", work_queue=queue_id) for user_id in users]


def _vendor_problems(vendor_id: uuid.UUID, owner: uuid.UUID) -> list[FieldProblem]:
    if vendor_id == owner:
        return [FieldProblem("vendor", "own", gettext("For your own people give the job a work team instead."))]
    if not Organization.objects.filter(pk=vendor_id, is_vendor=True, is_active=True).exists():
        return [FieldProblem("vendor", "not_found", gettext("Choose one of the vendors of this installation."))]
    return []


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _time_problems(starts_at: datetime | None, expires_at: datetime | None) -> list[FieldProblem]:
    now = _database_now()
    if expires_at is not None and expires_at <= now:
        return [FieldProblem("expires_at", "past", gettext("The end must lie in the future."))]
    if starts_at is not None and expires_at is not None and starts_at >= expires_at:
        return [FieldProblem("expires_at", "before_start", gettext("The end must come after the start."))]
    return []
