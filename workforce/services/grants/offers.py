"""A customer offers a queue, or a share of it, to a vendor."""

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext

from maskwright.audit.record import record
from maskwright.core.errors import Conflict, FieldProblem, Invalid, NotFound
from maskwright.core.outbox import emit
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Organization
from workforce.models import WorkGrant, WorkQueue
from workforce.services.grants.ends import expire_offers, grant_changed
from workforce.services.queues import locked_queue
from workforce.services.shares import give_part, return_parts, share_problems
from workforce.services.terms import OfferTerms, term_problems
from workforce.states import QueueState


def offer_grant(
    *,
    queue_id: uuid.UUID,
    vendor_id: uuid.UUID,
    title: str = "",
    preview: bool = False,
    starts_at: datetime | None = None,
    expires_at: datetime | None = None,
    share: int | None = None,
    terms: OfferTerms | None = None,
) -> WorkGrant:
    """Offer a queue of the organization in scope to a vendor; it can do nothing with it until it accepts.

    `title`, `share` and `terms` are all the vendor reads of the work before it accepts; they stay as they are. With
    `share` (percent) the queue is shared out: the vendor's part is kept for it from now on. Raises Invalid, with every
    problem, NotFound for a queue that is not the customer's, Conflict when the vendor holds an open offer or grant of
    the queue already.
    """
    owner = current_scope().organization_id
    if not WorkQueue.objects.filter(pk=queue_id, organization_id=owner).exists():
        raise NotFound(gettext("There is no such work queue."))
    queue = locked_queue(queue_id)
    if queue.state in (QueueState.STOPPING, QueueState.CLOSED):
        raise Conflict(gettext("This work is over; there is nothing left to offer."))
    expire_offers(queue_id=queue_id)
    return_parts(queue)
    terms = terms or OfferTerms()
    problems = [
        *_vendor_problems(vendor_id, owner),
        *share_problems(queue, share),
        *_time_problems(starts_at, expires_at),
        *term_problems(terms, _database_now(), expires_at),
    ]
    if problems:
        raise Invalid(gettext("The offer cannot be made like this."), fields=tuple(problems))
    try:
        with transaction.atomic():
            grant = WorkGrant.objects.create(
                vendor_id=vendor_id,
                work_queue=queue,
                title=title.strip()[:128],
                preview=preview,
                starts_at=starts_at,
                expires_at=expires_at,
                share=share,
                **terms.columns(),
            )
    except IntegrityError as error:
        raise Conflict(
            gettext("This vendor has an offer or grant of this work already. Revoke that one to make another.")
        ) from error
    if share is not None:
        give_part(queue, grant)
    told: dict[str, Any] = {
        name: str(value) for name, value in {**terms.columns(), "share": share}.items() if value not in (None, "")
    }
    record(
        "work_grant.offered",
        "work_grant",
        grant.pk,
        vendor=vendor_id,
        work_queue=queue_id,
        preview=preview,
        **told,
    )
    emit(grant_changed(grant))
    return grant


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
    found: list[Any] = []
    if expires_at is not None and expires_at <= now:
        found.append(FieldProblem("expires_at", "past", gettext("The end must lie in the future.")))
    elif starts_at is not None and expires_at is not None and starts_at >= expires_at:
        found.append(FieldProblem("expires_at", "before_start", gettext("The end must come after the start.")))
    return found
