"""Order a withdrawal, or its undoing: one row and one message, done by a worker process."""

import uuid
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from labeling.models import Withdrawal
from labeling.services.withdrawal.selection import Selection, check, job_of, selected
from labeling.states import WithdrawalState
from maskwright.audit.record import record
from maskwright.core.errors import Conflict, NotFound
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope


def order_withdrawal(selection: Selection, *, reason: str = "", key: uuid.UUID | None = None) -> Withdrawal:
    """Withdraw what is selected, up to this moment. The same `key` again answers the same withdrawal.

    Raises NotFound, Invalid, Conflict when no answer is selected.
    """
    job, by_vendor = job_of(selection.job_id)
    vendor_id = check(selection, job, by_vendor)
    key = key or uuid.uuid4()
    earlier: Withdrawal | None = Withdrawal.objects.filter(job=job, key=key).first()
    if earlier is not None:
        return earlier
    until = min(selection.until or _now(), _now())
    meant = selected(
        job_id=job.pk,
        worker_id=selection.worker_id,
        grant_id=selection.grant_id,
        since=selection.since,
        until=until,
        vendor_id=vendor_id if by_vendor else None,
    )
    if not meant.exists():
        raise Conflict(
            _("There is no answer that counts to withdraw: none was given then, or it is withdrawn already.")
        )
    order = Withdrawal(
        organization_id=job.organization_id,
        job=job,
        worker_id=selection.worker_id,
        vendor_id=vendor_id,
        work_grant_id=selection.grant_id,
        by_vendor=by_vendor,
        since=selection.since,
        until=until,
        reason=reason.strip()[:500],
        key=key,
    )
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        return Withdrawal.objects.get(job=job, key=key)  # its twin committed first
    record("withdrawal.ordered", "labeling_job", job.pk, withdrawal=order.pk, reason=order.reason)
    emit(apply_message(order))
    return order


def apply_message(order: Withdrawal, *, again: bool = False, delay: float = 0.0) -> Message:
    payload = {"withdrawal_id": str(order.pk), "again": again}
    return Message("withdrawal.apply", order.organization_id, payload, key=f"{order.pk} {again}", delay=delay)


def order_undo(withdrawal_id: uuid.UUID) -> Withdrawal:
    """Let the answers count again whose places nobody has answered since. By the side that ordered it, and once."""
    scope = current_scope()
    order = Withdrawal.objects.select_for_update(no_key=True).filter(pk=withdrawal_id).first()
    is_mine = order is not None and (
        order.vendor_id == scope.organization_id and order.organization_id in scope.customers
        if order.by_vendor
        else order.organization_id == scope.organization_id
    )
    if order is None or not is_mine:
        raise NotFound(_("There is no such withdrawal that you may undo."))
    if order.state in (WithdrawalState.UNDOING, WithdrawalState.UNDONE):
        return order
    if order.state == WithdrawalState.APPLYING:
        raise Conflict(_("The withdrawal is still being applied. Undo it when that is over."))
    order.state = WithdrawalState.UNDOING
    order.save(update_fields=["state"])
    record("withdrawal.undo_ordered", "labeling_job", order.job_id, withdrawal=order.pk)
    ids = {"withdrawal_id": str(order.pk)}
    emit(Message("withdrawal.undo", order.organization_id, ids, key=str(order.pk)))
    return order


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
