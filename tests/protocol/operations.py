"""What people, managers and processes do: each a call of the services, as the API, a task or the reaper makes it.

An operation is chosen by three small numbers: who, which of the claims he ever had, and a variant. It answers what its
caller is told; a `DomainError` is an answer, too.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labeling.models import Withdrawal
from labeling.services.answers import mask_answer, submit
from labeling.services.drafts import save_draft
from labeling.services.jobs.lifecycle import pause_job, resume_job, stop_job
from labeling.services.withdrawal.apply import apply_withdrawal
from labeling.services.withdrawal.order import order_undo, order_withdrawal
from labeling.services.withdrawal.selection import Selection
from labeling.services.withdrawal.undo import undo_withdrawal
from maskwright.core.errors import DomainError
from maskwright.organizations.models import Membership
from maskwright.organizations.services.membership import change_member
from tests.factories.work import flat_mask
from tests.protocol.history import History
from tests.protocol.pairs import within
from tests.protocol.world import Held, Person, Sent, World
from workforce.models import Claim, WorkItem
from workforce.services import claims, expiry, reservations
from workforce.services.grants import revoke_grant
from workforce.services.items import settle_item
from workforce.services.queues import distribute
from workforce.services.teams import add_team_member, remove_team_member

MASKS = [flat_mask(index, (2, 1)) for index in (1, 2, 3)]
#: How far the clock jumps, in seconds: within a lease, over it, over a lease and the grace of a stop.
JUMPS = (20, 70, 400)


@dataclass(frozen=True)
class Step:
    """One operation with its choices."""

    name: str
    who: int
    which: int
    variant: int

    def __str__(self) -> str:
        return f"{self.name}({self.who}, {self.which}, {self.variant})"


def _held(person: Person, which: int) -> Held | None:
    """The newest for 0, older ones behind it."""
    return person.held[-1 - which % len(person.held)] if person.held else None


def _of_claim(act: Callable[[Person, Held, int], Any]) -> Callable[[World, Step, str], Any]:
    """An operation of a person with one of his claims; None when he never had one."""

    def run(world: World, step: Step, operation: str) -> Any:
        person = world.people[step.who]
        held = _held(person, step.which)
        if held is None:
            return None
        with within(person.company, f"{operation}:{held.claim_id}:{held.token}", person.user.pk):
            return act(person, held, step.variant)

    return run


def _claim(world: World, step: Step, operation: str) -> Any:
    person = world.people[step.who]
    with within(person.company, f"{operation}:", person.user.pk):
        taken = claims.claim(user_id=person.user.pk)
        if not isinstance(taken, claims.Claimed):
            return taken
        token = Claim.objects.values_list("fencing_token", flat=True).get(pk=taken.claim_id)
    held = Held(taken.claim_id, token)
    if held not in person.held:
        person.held.append(held)
    return held


def _heartbeat(person: Person, held: Held, variant: int) -> Any:
    return claims.heartbeat(user_id=person.user.pk, claim_id=held.claim_id, token=held.token, active_seconds=variant)


def _draft(person: Person, held: Held, variant: int) -> Any:
    person.drafts += 1
    return save_draft(
        user_id=person.user.pk,
        claim_id=held.claim_id,
        token=held.token,
        seq=person.drafts,
        body=MASKS[variant % len(MASKS)],
    )


def _release(person: Person, held: Held, variant: int) -> Any:
    return claims.release(user_id=person.user.pk, claim_id=held.claim_id, token=held.token, hold=variant % 2 == 1)


def _decline(person: Person, held: Held, variant: int) -> Any:
    return claims.decline(user_id=person.user.pk, claim_id=held.claim_id, token=held.token, reason="too dark")


def _reserve(person: Person, held: Held, variant: int) -> Any:
    return reservations.reserve_next(user_id=person.user.pk, claim_id=held.claim_id, token=held.token, may_review=False)


def _submit(world: World, step: Step, operation: str) -> Any:
    """A new answer, with a key of its own for each claim and mask, so that asking again is the same submit."""
    person = world.people[step.who]
    held = _held(person, step.which)
    if held is None:
        return None
    body = MASKS[step.variant % len(MASKS)]
    key = uuid.uuid5(held.claim_id, str(step.variant % len(MASKS)))
    return _send(world, step.who, held, key, body, operation)


def _send(world: World, who: int, held: Held, key: uuid.UUID, body: bytes, operation: str) -> Any:
    person = world.people[who]
    with within(person.company, f"{operation}:{held.claim_id}:{held.token}", person.user.pk):
        reply = submit(
            user_id=person.user.pk, claim_id=held.claim_id, token=held.token, key=key, answer=mask_answer(body)
        )
    world.sent.append(Sent(who, held, key, body, hashlib.sha256(body).hexdigest(), reply))
    return reply


def _repeat(world: World, step: Step, operation: str) -> Any:
    """The network lost an acknowledgement: the same submit again. Its reply is compared by `checks.replies`."""
    if not world.sent:
        return None
    sent = world.sent[step.which % len(world.sent)]
    return _send(world, sent.person, sent.held, sent.key, sent.body, operation)


def _by_manager(act: Callable[[World, Step], Any]) -> Callable[[World, Step, str], Any]:
    def run(world: World, step: Step, operation: str) -> Any:
        with within(world.acme, f"{operation}:", world.manager):
            return act(world, step)

    return run


def _pause(world: World, _: Step) -> Any:
    return pause_job(job_id=world.made.id)


def _resume(world: World, _: Step) -> Any:
    return resume_job(job_id=world.made.id)


def _stop(world: World, _: Step) -> Any:
    return stop_job(job_id=world.made.id)


def _revoke(world: World, _: Step) -> Any:
    world.revoked = True
    return revoke_grant(grant_id=world.grant)  # type: ignore[arg-type]  # set when the round begins


def _expire(world: World, _: Step) -> Any:
    return expiry.expire_due()


def _end_stopping(world: World, _: Step) -> Any:
    return expiry.end_stopping_queues()


def _settle(world: World, step: Step) -> Any:
    items = list(WorkItem.objects.filter(work_queue=world.made.queue).order_by("position"))
    settle_item(item_id=items[step.which % len(items)].pk)
    return distribute(queue_id=world.made.queue.pk)


def _leave(world: World, step: Step, operation: str) -> Any:
    """Out of the work team, or back into it."""
    person = world.people[step.who]
    team = world.team_of(person)
    change = remove_team_member if step.variant % 2 == 0 else add_team_member
    with within(person.company, f"{operation}:", person.company.people["manager"].pk):
        return change(work_team_id=team.pk, user_id=person.user.pk)


def _dismiss(world: World, step: Step, operation: str) -> Any:
    """Out of the organization, and with it out of his team; or back into both."""
    person = world.people[step.who]
    with within(person.company, f"{operation}:", person.company.people["manager"].pk):
        membership = Membership.objects.get(user_id=person.user.pk)
        if step.variant % 2 == 0:
            return change_member(membership_id=membership.pk, is_active=False)
        change_member(membership_id=membership.pk, is_active=True)
        return add_team_member(work_team_id=world.team_of(person).pk, user_id=person.user.pk)


def _withdraw(world: World, step: Step, operation: str) -> Any:
    """All answers of a person, applied at once as the worker process does."""
    workers = world.worker_ids()
    if not workers:
        return None
    chosen = Selection(job_id=world.made.id, worker_id=workers[step.which % len(workers)])
    with within(world.acme, f"{operation}:", world.manager):
        order = order_withdrawal(chosen)
    return apply_withdrawal(organization_id=world.acme.id, withdrawal_id=order.pk, again=False)


def _undo(world: World, step: Step, operation: str) -> Any:
    """The newest withdrawal of the job, undone at once; two at the same moment are one."""
    with within(world.acme, f"{operation}:", world.manager):
        order = Withdrawal.objects.filter(job_id=world.made.id).order_by("-created_at").first()
        if order is None:
            return None
        order_undo(order.pk)
    return undo_withdrawal(organization_id=world.acme.id, withdrawal_id=order.pk)


#: What comes between somebody and his work; chosen more often as the second of two.
DISTURBING = ("claim", "claim", "submit", "expire", "pause", "pause", "leave", "dismiss", "revoke", "withdraw", "stop")

#: Name -> what runs, with how often it is chosen.
OPERATIONS: dict[str, tuple[int, Callable[[World, Step, str], Any]]] = {
    "claim": (24, _claim),
    "submit": (16, _submit),
    "heartbeat": (10, _of_claim(_heartbeat)),
    "release": (12, _of_claim(_release)),
    "decline": (1, _of_claim(_decline)),
    "draft": (3, _of_claim(_draft)),
    "reserve": (4, _of_claim(_reserve)),
    "repeat": (4, _repeat),
    "expire": (10, _by_manager(_expire)),
    "settle": (2, _by_manager(_settle)),
    "pause": (2, _by_manager(_pause)),
    "resume": (6, _by_manager(_resume)),
    "stop": (1, _by_manager(_stop)),
    "end_stopping": (1, _by_manager(_end_stopping)),
    "revoke": (1, _by_manager(_revoke)),
    "leave": (4, _leave),
    "dismiss": (4, _dismiss),
    "withdraw": (2, _withdraw),
    "undo": (2, _undo),
}


def run(world: World, step: Step, number: int) -> Any:
    """The result, or the error its caller is told; anything else that is raised is a fault of the product."""
    try:
        return OPERATIONS[step.name][1](world, step, f"{step.name}@{number}")
    except DomainError as error:
        return error


_JUMP = """
WITH slots AS (
  UPDATE workforce_slot SET expires_at = expires_at - %(by)s, deadline_at = deadline_at - %(by)s,
    reserved_until = reserved_until - %(by)s WHERE work_queue_id = %(queue)s RETURNING 1
)
UPDATE workforce_workqueue SET paused_at = paused_at - %(by)s, stop_at = stop_at - %(by)s WHERE id = %(queue)s
"""


def jump(world: World, history: History, seconds: int) -> None:
    """Time passes: everything that was to come is nearer."""
    import datetime

    history.tamper(_JUMP, {"by": datetime.timedelta(seconds=seconds), "queue": world.made.queue.pk})


_LEFT = """
SELECT 1 FROM workforce_slot s JOIN workforce_workqueue q ON q.id = s.work_queue_id
WHERE q.id = %(queue)s AND q.state <> 'closed' AND s.state IN ('ready', 'claimed') LIMIT 1
"""


def is_over(world: World, history: History) -> bool:
    """Nothing can happen in this round any more."""
    return not history.rows(_LEFT, {"queue": world.made.queue.pk})
