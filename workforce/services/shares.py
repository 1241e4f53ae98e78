"""A queue shared out between vendors and the own team: begun, changed, given back. In the owner's scope.

The parts of a shared queue make 100 percent. What no vendor has been offered is the own team's or nobody's; a part
whose offer was declined, ran out, was withdrawn or revoked is nobody's until it is offered again.
"""

import uuid

from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.errors import Conflict, FieldProblem, Invalid
from maskwright.core.outbox import emit
from workforce.models import WorkGrant, WorkQueue, WorkShare
from workforce.services.audiences import mark_everything, move_part
from workforce.services.pushes import available_pushes
from workforce.services.queues import locked_queue
from workforce.states import GrantState, QueueState

OPEN_GRANTS = (GrantState.OFFERED, GrantState.ACCEPTED)


def own_part(queue: WorkQueue) -> uuid.UUID:
    """The audience of the own team's slots."""
    return uuid.UUID(str(queue.organization_id))


def nobodys_part(queue: WorkQueue) -> uuid.UUID:
    """The audience of slots that nobody may take until their part is offered again."""
    return uuid.UUID(str(queue.pk))


def percent_of(queue: WorkQueue, audience_id: uuid.UUID) -> int:
    found = WorkShare.objects.filter(work_queue=queue, audience_id=audience_id).values_list("percent", flat=True)
    return found.first() or 0


def begin_sharing(queue: WorkQueue) -> None:
    """Make a locked queue a shared one: all of it is the own team's, or nobody's where it has none.

    Raises Conflict while a vendor has an open offer of the whole.
    """
    if queue.is_shared:
        return
    if WorkGrant.objects.filter(work_queue=queue, share=None, state__in=OPEN_GRANTS).exists():
        raise Conflict(_("A vendor has an offer of the whole job. End that one before you share the job out."))
    audience = own_part(queue) if queue.work_team_id else nobodys_part(queue)
    queue.is_shared, queue.version = True, queue.version + 1
    queue.save(update_fields=["is_shared", "version"])
    WorkShare.objects.create(
        work_queue=queue, audience_id=audience, percent=100, marked=mark_everything(queue, audience)
    )
    record("work_queue.shared", "work_queue", queue.pk)


def set_own_share(*, queue_id: uuid.UUID, percent: int) -> None:
    """The own team does `percent` of the queue; the rest, less what vendors have, is free to be offered.

    Begins to share the queue. Raises Invalid, Conflict.
    """
    queue = locked_queue(queue_id)
    _check_runs(queue)
    if percent and not queue.work_team_id:
        message = _("The job has no work team. Give it one first, or leave your own share at 0.")
        raise Invalid(message, fields=(FieldProblem("own", "no_team", message),))
    begin_sharing(queue)
    return_parts(queue)
    own, free = percent_of(queue, own_part(queue)), percent_of(queue, nobodys_part(queue))
    if not 0 <= percent <= own + free:
        message = _("Vendors have %(taken)s percent; your own people can do 0 to %(most)s percent.") % {
            "taken": 100 - own - free,
            "most": own + free,
        }
        raise Invalid(message, fields=(FieldProblem("own", "too_much", message),))
    if percent > own:
        move_part(queue, source=nobodys_part(queue), target=own_part(queue), percent=percent - own)
    elif percent < own:
        move_part(queue, source=own_part(queue), target=nobodys_part(queue), percent=own - percent)
    else:
        return
    record("work_queue.own_share_set", "work_queue", queue.pk, before=own, to=percent)
    emit(*available_pushes([queue.pk]))


def share_problems(queue: WorkQueue, percent: int | None) -> list[FieldProblem]:
    """What makes a share impossible to offer, for a queue whose parts are up to date."""
    if percent is None:
        if not queue.is_shared:
            return []
        return [FieldProblem("share", "required", _("This job is shared out. Say which share of it you offer."))]
    if not 1 <= percent <= 100:
        return [FieldProblem("share", "range", _("A share is 1 to 100 percent."))]
    free = 100 if not queue.is_shared else percent_of(queue, nobodys_part(queue))
    if percent > free:
        message = _("%(free)s percent are free. Offer less, or lower your own people's share first.") % {"free": free}
        return [FieldProblem("share", "too_much", message)]
    return []


def give_part(queue: WorkQueue, grant: WorkGrant) -> None:
    """Mark the offered share of a locked queue as the grant's. Of a queue not shared before the own team keeps the
    rest, as far as there is one."""
    assert grant.share is not None
    if not queue.is_shared:
        begin_sharing(queue)
        if queue.work_team_id:
            move_part(queue, source=own_part(queue), target=nobodys_part(queue), percent=grant.share)
    move_part(queue, source=nobodys_part(queue), target=grant.pk, percent=grant.share)


def return_parts(queue: WorkQueue) -> int:
    """Parts of a locked queue whose offers are open no more become nobody's; how many did."""
    if not queue.is_shared:
        return 0
    kept = {own_part(queue), nobodys_part(queue)}
    shares = [one for one in WorkShare.objects.filter(work_queue=queue).order_by("pk") if one.audience_id not in kept]
    open_grants = set(
        WorkGrant.objects.filter(pk__in=[share.audience_id for share in shares], state__in=OPEN_GRANTS).values_list(
            "pk", flat=True
        )
    )
    gone = [share for share in shares if share.audience_id not in open_grants]
    for share in gone:
        move_part(queue, source=share.audience_id, target=nobodys_part(queue), percent=share.percent)
        record("work_grant.share_returned", "work_grant", share.audience_id, percent=share.percent)
    return len(gone)


def _check_runs(queue: WorkQueue) -> None:
    if queue.state in (QueueState.STOPPING, QueueState.CLOSED):
        raise Conflict(_("This work is over; there is nothing left to share out."))
