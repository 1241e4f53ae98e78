"""Active time: corrected by counter-entries, summed for its owner."""

import uuid
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.scope import current_scope
from workforce.models import Claim, LedgerEntry
from workforce.services.balances import database_now
from workforce.states import EntryKind, EntryReason

_LONGEST = 24 * 3600


def correct_time(*, claim_id: uuid.UUID, seconds: Decimal, note: str) -> LedgerEntry:
    """Add (or, negative, take off) active seconds of a claim by another entry; a reason is needed.

    In the scope of the organization whose work it was. Nothing is changed: statements that were issued stay, the next
    one has the difference. A claim never has less than no time.
    """
    owner = current_scope().organization_id
    claim = Claim.objects.select_for_update(no_key=True).filter(pk=claim_id, organization_id=owner).first()
    if claim is None:
        raise NotFound(_("There is no such assignment."))
    entries = LedgerEntry.objects.filter(claim=claim, kind=EntryKind.TIME)
    present: Decimal = entries.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
    problems = []
    if not note.strip():
        problems.append(FieldProblem("note", "required", _("Say why the time is corrected.")))
    if not seconds or abs(seconds) > _LONGEST:
        problems.append(FieldProblem("seconds", "out_of_range", _("Write 1 to 86400 seconds, or as many less.")))
    elif present + seconds < 0:
        message = _("Only %(present)s seconds are counted; no more can be taken off.") % {"present": present}
        problems.append(FieldProblem("seconds", "too_many", message))
    if problems:
        raise Invalid(_("The time cannot be corrected like this; each reason is listed."), fields=tuple(problems))
    worked = entries.order_by("-at").first()
    entry = LedgerEntry.objects.create(
        vendor_id=claim.worker.vendor_id,
        work_queue_id=claim.work_queue_id,
        claim=claim,
        worker_id=claim.worker_id,
        work_item_id=claim.work_item_id,
        slot_id=claim.slot_id,
        work_grant_id=claim.work_grant_id,
        stage=claim.stage,
        kind=EntryKind.TIME,
        quantity=seconds,
        is_rework=worked.is_rework if worked else False,
        reason=EntryReason.CORRECTED,
        note=note.strip()[:500],
        actor_id=current_scope().user_id,
        taken_at=claim.claimed_at,
        at=database_now(),
    )
    changes: dict[str, Any] = {"seconds": str(seconds), "note": entry.note, "claim": claim.pk}
    record("ledger.corrected", "worker", claim.worker_id, **changes)
    return entry
