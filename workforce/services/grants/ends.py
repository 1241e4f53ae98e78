"""How offers and grants end on the customer's side: run out, withdrawn, revoked. A share goes back to the customer."""

import uuid

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext, gettext_noop

from maskwright.audit.record import record
from maskwright.core.errors import Conflict, NotFound
from maskwright.core.outbox import Message, emit, push
from maskwright.core.scope import current_scope
from workforce.models import WorkGrant, WorkQueue, WorkShare
from workforce.services.audiences import mark_late_slots
from workforce.services.expiry import withdraw_claims
from workforce.services.queues import locked_queue
from workforce.services.shares import OPEN_GRANTS, return_parts
from workforce.states import GrantState

_REVOKED = gettext_noop("The customer ended the vendor's work.")
_RUN_OUT = gettext_noop("The time of the vendor's work is over.")
_REQUESTS_END_SECONDS = 2.0
#: Nobody answered in time, or the time of the work is over.
_LATE = Q(state=GrantState.OFFERED, accept_by__lte=Now()) | Q(state__in=OPEN_GRANTS, expires_at__lte=Now())


def grant_changed(grant: WorkGrant) -> Message:
    """To everybody of the vendor who is connected: look again at what you may see."""
    return push(grant.organization_id, f"vendor.{grant.vendor_id}", "work.available", work_queue=grant.work_queue_id)


def settle_offers() -> int:
    """Everything of the organization in scope that time has ended: offers nobody answered, grants that are over,
    shares of those and of declined ones. Safe to run any number of times; how many ended or went back."""
    owner = current_scope().organization_id
    late = set(WorkGrant.objects.filter(_LATE, organization_id=owner).values_list("work_queue_id", flat=True))
    shares = WorkShare.objects.filter(organization_id=owner)
    grants = WorkGrant.objects.filter(organization_id=owner).exclude(state__in=OPEN_GRANTS)
    lost = set(shares.filter(audience_id__in=grants.values("pk")).values_list("work_queue_id", flat=True))
    ended = 0
    for queue_id in sorted(late | lost):
        queue = locked_queue(queue_id)
        ended += expire_offers(queue_id=queue_id)
        ended += return_parts(queue)
    return ended


def expire_offers(*, queue_id: uuid.UUID) -> int:
    """What time has ended of a queue's offers and grants makes room for new ones; claims of those grants end."""
    late = WorkGrant.objects.select_for_update(no_key=True).filter(
        work_queue_id=queue_id, organization_id=current_scope().organization_id
    )
    found = list(
        late.filter(Q(state=GrantState.OFFERED, accept_by__lte=Now()) | Q(state__in=OPEN_GRANTS, expires_at__lte=Now()))
    )
    for grant in found:
        if grant.state == GrantState.ACCEPTED:
            withdraw_claims(reason=_RUN_OUT, queue_id=queue_id, vendor_id=grant.vendor_id)
        _close(grant, GrantState.EXPIRED)
    return len(found)


def return_declined(*, grant_id: uuid.UUID) -> None:
    """After a vendor's refusal: its share is the customer's again, who reads the reason in his own log, too."""
    grant = WorkGrant.objects.filter(pk=grant_id, state=GrantState.DECLINED).first()
    if grant is None or grant.organization_id != current_scope().organization_id:
        return
    record("work_grant.declined", "work_grant", grant.pk, reason=grant.decline_reason)
    return_parts(locked_queue(grant.work_queue_id))


def withdraw_offer(*, grant_id: uuid.UUID) -> WorkGrant:
    """Take back an offer nobody answered; doing so again changes nothing."""
    queue, grant = _locked(grant_id)
    if grant.state == GrantState.OFFERED:
        _close(grant, GrantState.WITHDRAWN)
        return_parts(queue)
    elif grant.state != GrantState.WITHDRAWN:
        raise Conflict(
            gettext("The offer is %(state)s. Only one that waits for an answer can be withdrawn.")
            % {"state": GrantState(grant.state).label}
        )
    return grant


def _locked(grant_id: uuid.UUID) -> tuple[WorkQueue, WorkGrant]:
    """The queue, then the grant, each locked: the order in which everything locks them."""
    found = WorkGrant.objects.filter(pk=grant_id, organization_id=current_scope().organization_id).first()
    if found is None:
        raise NotFound(gettext("There is no such grant."))
    queue = locked_queue(found.work_queue_id)
    return queue, WorkGrant.objects.select_for_update(no_key=True).get(pk=grant_id)


def _close(grant: WorkGrant, state: GrantState) -> None:
    grant.state, grant.version = state, grant.version + 1
    grant.save(update_fields=["state", "version"])
    record(f"work_grant.{state}", "work_grant", grant.pk, vendor=grant.vendor_id)
    emit(grant_changed(grant))


def revoke_grant(*, grant_id: uuid.UUID) -> WorkGrant:
    """End an offer or grant at once. Revoking again changes nothing.

    In the same transaction the vendor's claims on the queue are withdrawn and their tokens rise, so that a submit that
    is under way is refused; what was accepted before stays the customer's. A share is free to be offered again.
    """
    queue, grant = _locked(grant_id)
    if grant.state in (GrantState.DECLINED, GrantState.EXPIRED, GrantState.WITHDRAWN):
        raise NotFound(gettext("There is no such grant."))
    if grant.state == GrantState.REVOKED:
        return grant
    grant.state, grant.version = GrantState.REVOKED, grant.version + 1
    WorkGrant.objects.filter(pk=grant.pk).update(state=grant.state, version=grant.version, revoked_at=Now())
    grant.refresh_from_db(fields=["revoked_at"])
    withdraw_claims(reason=_REVOKED, queue_id=grant.work_queue_id, vendor_id=grant.vendor_id)
    return_parts(queue)
    record("work_grant.revoked", "work_grant", grant.pk, vendor=grant.vendor_id)
    # Once more when every request that read the grant before this commit has ended, for a claim it may have made.
    again = Message(
        "work_grant.revoked", grant.organization_id, {"grant_id": str(grant.pk)}, delay=_REQUESTS_END_SECONDS
    )
    emit(grant_changed(grant), again)
    return grant


def withdraw_revoked(*, grant_id: uuid.UUID) -> int:
    """End the claims a vendor still holds by a revoked grant; returns how many. Their slots follow their share."""
    grant = WorkGrant.objects.filter(pk=grant_id, state=GrantState.REVOKED).first()
    if grant is None:
        return 0
    others = WorkGrant.objects.filter(
        work_queue_id=grant.work_queue_id, vendor_id=grant.vendor_id, state=GrantState.ACCEPTED
    )
    if others.exists():
        return 0
    ended = withdraw_claims(reason=_REVOKED, queue_id=grant.work_queue_id, vendor_id=grant.vendor_id)
    if grant.share is not None:
        mark_late_slots(grant.work_queue_id)
    return ended
